/// What settings state as the address of a server.
package enum ServerURL {
    /// Why requests cannot be sent to `text`, without quoting it; `nil` when they can.
    package static func complaint(_ text: String) -> String? {
        do throws(InvalidURL) {
            let parsed = try ParsedURL(text)
            guard ["http", "https"].contains(parsed.scheme) else {
                return "it begins with neither http:// nor https://"
            }
            guard !parsed.host.isEmpty else { return "it names no host" }
            return parsed.query == nil ? nil : "it has a question mark, and paths are appended to it"
        } catch {
            return error.reason
        }
    }
}
