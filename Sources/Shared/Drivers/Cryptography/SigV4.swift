package import FoundationEssentials

/// AWS Signature Version 4 for requests signed in their headers, and for addresses signed in their query.
package struct SigV4: Sendable {
    /// Who signs.
    package struct Credentials: Sendable {
        package let accessKeyID: String
        package let secretAccessKey: SecretBytes
        package let sessionToken: String?

        package init(accessKeyID: String, secretAccessKey: SecretBytes, sessionToken: String? = nil) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
        }
    }

    /// What is known of the body when the headers are sent.
    package enum Payload: Sendable {
        case bytes([UInt8])
        /// Its SHA-256 as hexadecimal digits, computed beforehand.
        case digest(String)
        /// A stream; allowed by S3 over TLS only.
        case unsigned
    }

    private let credentials: Credentials
    private let region: String
    private let service: String

    package init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The headers to add to a request: `x-amz-date`, `authorization`, and where they belong `x-amz-security-token` and
    /// `x-amz-content-sha256`.
    ///
    /// `path` and `query` are as on the wire, percent-encoded. `headers` are those to be signed, `host` among them;
    /// sending others beside them is allowed.
    package func sign(
        method: String, path: String, query: String?, headers: [(name: String, value: String)], payload: Payload,
        date: Date
    ) -> [(name: String, value: String)] {
        let stamp = Self.stamp(date)
        let digest = Self.digest(payload)
        var added = [(name: "x-amz-date", value: stamp)]
        if service == "s3" { added.append((name: "x-amz-content-sha256", value: digest)) }
        if let token = credentials.sessionToken { added.append((name: "x-amz-security-token", value: token)) }
        let (canonicalHeaders, names) = Self.canonicalHeaders(headers + added)
        let request = [
            method, canonicalPath(path), Self.canonicalQuery(query), canonicalHeaders, names, digest,
        ].joined(separator: "\n")
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope(stamp)), SignedHeaders=\(names), "
            + "Signature=\(signature(of: request, stamp))"
        return added + [(name: "authorization", value: authorization)]
    }

    /// The query of an address by which whoever has it may do one thing for so many seconds, with `query` in it.
    ///
    /// `path` and `query` are as on the wire; the body is not covered, and of the headers only `host` is.
    package func presign(
        method: String, host: String, path: String, query: String?, seconds: Int, date: Date
    ) -> String {
        let stamp = Self.stamp(date)
        var parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(stamp))"),
            ("X-Amz-Date", stamp), ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", "host"),
        ]
        if let token = credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token)) }
        let own = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1.utf8))" }
        let whole = Self.canonicalQuery(([query].compactMap { $0 } + own).joined(separator: "&"))
        let request = [
            method, canonicalPath(path), whole, "host:\(host)\n", "host", Self.digest(.unsigned),
        ].joined(separator: "\n")
        return "\(whole)&X-Amz-Signature=\(signature(of: request, stamp))"
    }

    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

    private func signature(of canonicalRequest: String, _ stamp: String) -> String {
        let text = ["AWS4-HMAC-SHA256", stamp, scope(stamp), Hexadecimal.encode(SHA256.hash(canonicalRequest))]
        return Hexadecimal.encode(
            HMACSHA256.authenticate(Array(text.joined(separator: "\n").utf8), key: key(day: stamp.prefix(8))))
    }

    /// The signing key of a day, region and service.
    private func key(day: Substring) -> [UInt8] {
        var secret = Array("AWS4".utf8) + credentials.secretAccessKey.exposed
        defer { zeroise(&secret) }
        return [String(day), region, service, "aws4_request"].reduce(secret) { key, part in
            HMACSHA256.authenticate(Array(part.utf8), key: key)
        }
    }

    /// `20260102T030405Z`, from the longer form of ISO 8601 by leaving out what separates.
    private static func stamp(_ date: Date) -> String {
        let seconds = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
        return seconds.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    private static func digest(_ payload: Payload) -> String {
        switch payload {
        case .bytes(let bytes): Hexadecimal.encode(SHA256.hash(bytes))
        case .digest(let digest): digest
        case .unsigned: "UNSIGNED-PAYLOAD"
        }
    }

    /// S3 signs the path as it is on the wire; all other services expect it encoded once more.
    private func canonicalPath(_ path: String) -> String {
        guard service != "s3" else { return path.isEmpty ? "/" : path }
        return path.isEmpty ? "/" : PercentEncoding.encode(path.utf8, keepingSlashes: true)
    }

    /// Parameters in one spelling, sorted by name and value; one without `=` has an empty value.
    private static func canonicalQuery(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        let pairs = query.split(separator: "&").map { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: normalised(parts[0]), value: parts.count > 1 ? normalised(parts[1]) : "")
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }

    private static func normalised(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let decoded = Hexadecimal.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                decoded.count == 1
            {
                bytes += decoded
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return PercentEncoding.encode(bytes)
    }

    /// The block of headers, each line ended, and the list of their names.
    private static func canonicalHeaders(_ headers: [(name: String, value: String)]) -> (block: String, names: String) {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let packed = value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            values[name.lowercased(), default: []].append(packed)
        }
        let names = values.keys.sorted()
        let block = names.map { "\($0):\(values[$0, default: []].joined(separator: ","))\n" }.joined()
        return (block, names.joined(separator: ";"))
    }
}
