import DaemonRuntime
import Settings

/// The API server: public API, internal API and event stream.
@main enum Entry {
    static func main() {
        Daemon(
            "apid", summary: "the API server: public API, internal API and event stream", internalPort: 8080,
            settings: { reader throws(SettingsError) in try APIServerSettings(reader) },
            compose: { composition, settings in
                try APIServer(settings, in: &composition).compose(&composition)
            }
        ).run()
    }
}
