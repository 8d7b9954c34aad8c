internal import CCurl

/// A parsed URL: what libcurl sends to and what the egress policy judges come from the same parse, so that the two
/// cannot disagree about the host.
///
/// Owns a `CURLU`, which libcurl copies at the start of a transfer. Confined to the engine's loop.
@safe final class TransferTarget {
    let handle: OpaquePointer
    let url: String
    /// The URL without credentials, query and fragment.
    let shown: String
    let host: String
    let port: Int
    let scheme: String
    /// The engine's count of what runs against the host, once it is known.
    var origin: Origin?

    /// Parses an absolute `http` or `https` URL.
    init(_ url: String) throws(Invalid) {
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Invalid(reason: "the URL has characters that must be percent-encoded")
        }
        guard let handle = unsafe curl_url() else { throw Invalid(reason: "out of memory") }
        unsafe self.handle = handle
        self.url = url
        let code = unsafe curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS))
        let part = { (part: CURLUPart, flags: Int32) in unsafe Self.part(part, of: handle, flags) }
        guard code == CURLUE_OK, let scheme = part(CURLUPART_SCHEME, 0), let host = part(CURLUPART_HOST, 0),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else {
            self.host = ""
            self.port = 0
            self.scheme = ""
            shown = ""
            throw Invalid(reason: "not an absolute URL")
        }
        self.scheme = scheme
        self.host = host
        self.port = port
        let explicitPort = part(CURLUPART_PORT, CURLU_NO_DEFAULT_PORT).map { ":\($0)" } ?? ""
        shown = "\(scheme)://\(host)\(explicitPort)\(part(CURLUPART_PATH, 0) ?? "/")"
        guard scheme == "http" || scheme == "https" else {
            throw Invalid(reason: "the scheme of the URL must be http or https, not \(scheme)")
        }
    }

    deinit { unsafe curl_url_cleanup(handle) }

    /// Why a text is no URL to send a request to. It never quotes the URL, which may hold secrets.
    struct Invalid: Error {
        let reason: String
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, UInt32(bitPattern: flags)) == CURLUE_OK, let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}

/// The targets used last: most requests of a daemon go to a handful of URLs.
struct TargetCache {
    private var young: [String: TransferTarget] = [:]
    private var old: [String: TransferTarget] = [:]
    private let generationSize = 128

    /// The target of `url`, parsed when it is not among those used last.
    mutating func target(_ url: String) throws(TransferTarget.Invalid) -> TransferTarget {
        if let known = young[url] { return known }
        let target = if let known = old[url] { known } else { try TransferTarget(url) }
        if young.count == generationSize {
            old = young
            young.removeAll(keepingCapacity: true)
        }
        young[url] = target
        return target
    }
}
