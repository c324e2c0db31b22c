export default function Funnels() {
  return null;
}
