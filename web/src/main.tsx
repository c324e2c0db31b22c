import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SitePage } from "./page/site-page";
import "./styles.css";

const site = new URLSearchParams(location.search).get("site")?.trim() || "demo";
document.title = `${site} · Millrace`;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <SitePage site={site} />
    </QueryClientProvider>
  </StrictMode>,
);
