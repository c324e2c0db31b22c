//! The binary: reads the command line and runs it.

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match millrace_server::cli::run(millrace_server::cli::Cli::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("millrace: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
