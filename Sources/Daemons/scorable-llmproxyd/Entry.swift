import DaemonRuntime
import Settings

/// The LLM proxy: the only way out to language models.
@main enum Entry {
    static func main() {
        Daemon(
            "llmproxyd", summary: "the LLM proxy: the only way out to language models", internalPort: 8082,
            settings: { reader throws(SettingsError) in try ProxyServerSettings(reader) },
            compose: { composition, settings in
                try ProxyServer(settings, in: &composition).compose(&composition)
            }
        ).run()
    }
}
