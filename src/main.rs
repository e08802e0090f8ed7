//! The composition root of the page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        leptos::mount::mount_to_body(annals::ui::App);
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        println!("Annals runs in a browser: `cargo xtask serve`.");
    }
}
