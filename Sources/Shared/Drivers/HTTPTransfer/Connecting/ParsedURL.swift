internal import CCurl
internal import Cryptography

/// Why a text is no URL to send a request to. It never quotes the URL, which may hold secrets.
struct InvalidURL: Error {
    let reason: String
}

/// The parts of a URL as libcurl sees them: what is connected to and what the egress policy judges come from the same
/// parse, so that the two cannot disagree about the host.
struct ParsedURL {
    let scheme: String
    /// The host's name or address; an IPv6 address is in brackets.
    let host: String
    /// The host as it is connected to, with the zone of a link-local address.
    let authority: String
    /// The port, that of the scheme when the URL says none.
    let port: Int
    let explicitPort: Int?
    let path: String
    let query: String?
    /// User and password in Base64, as `Basic` authentication wants them.
    let credentials: String?

    /// Parses an absolute URL in ASCII.
    init(_ text: String, flags: UInt32 = 0) throws(InvalidURL) {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw InvalidURL(reason: "the URL has characters that must be percent-encoded")
        }
        guard let handle = unsafe curl_url() else { throw InvalidURL(reason: "out of memory") }
        defer { unsafe curl_url_cleanup(handle) }
        let code = unsafe curl_url_set(handle, CURLUPART_URL, text, flags | UInt32(CURLU_PATH_AS_IS))
        let part = { (part: CURLUPart, flags: Int32) in unsafe Self.part(part, of: handle, flags) }
        guard code == CURLUE_OK, let scheme = part(CURLUPART_SCHEME, 0), let host = part(CURLUPART_HOST, 0) else {
            throw InvalidURL(reason: "not an absolute URL")
        }
        self.scheme = scheme
        self.host = host
        explicitPort = part(CURLUPART_PORT, CURLU_NO_DEFAULT_PORT).flatMap { Int($0) }
        port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap { Int($0) } ?? 0
        let zone = part(CURLUPART_ZONEID, 0)
        authority = zone.map { "\(host.dropLast())%25\($0)]" } ?? host
        path = part(CURLUPART_PATH, 0) ?? "/"
        query = part(CURLUPART_QUERY, 0)
        let user = part(CURLUPART_USER, CURLU_URLDECODE)
        let password = part(CURLUPART_PASSWORD, CURLU_URLDECODE)
        credentials =
            user == nil && password == nil
            ? nil : Base64.encode(Array("\(user ?? ""):\(password ?? "")".utf8))
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, _ flags: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, UInt32(bitPattern: flags)) == CURLUE_OK,
            let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
