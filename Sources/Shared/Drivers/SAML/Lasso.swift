internal import CLasso

/// lasso's own ways, put into ours. Its functions may be called by any number of threads at once, each with objects of its
/// own, once it has started: GLib guards its types, OpenSSL its keys, and libxml2 keeps what it needs by thread.
enum Lasso {
    private static let started = scorable_saml_start()

    /// Starts it, once for the process.
    static func start() throws(SAMLRefusal) { try demand(started, .settings) }

    /// - Throws: ``SAMLRefusal`` unless `code` means that all went well.
    static func demand(_ code: Int32, _ reason: SAMLRefusal.Reason) throws(SAMLRefusal) {
        guard code != 0 else { return }
        let text = unsafe scorable_saml_reason(code).map { unsafe String(cString: $0) } ?? "?"
        throw SAMLRefusal(reason, "\(text) (\(code))")
    }

    /// Takes over a text of lasso's.
    static func take(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text = unsafe text else { return nil }
        defer { unsafe scorable_saml_free(text) }
        return unsafe String(cString: text)
    }
}
