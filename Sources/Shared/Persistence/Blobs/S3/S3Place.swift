/// Where a bucket is, and how it is spoken to.
package struct S3Place: Sendable, Hashable {
    /// How the bucket is named in addresses.
    package enum Style: String, Sendable, Hashable, CaseIterable {
        /// In the host at Amazon, unless it has a dot; in the path elsewhere.
        case automatic
        /// `https://HOST/BUCKET/KEY`
        case path
        /// `https://BUCKET.HOST/KEY`
        case virtual
    }

    package let bucket: String
    /// The region; it is corrected by what the store says.
    package let region: String
    /// The address of the store; `nil` for Amazon's in the region.
    package let endpoint: String?
    package let style: Style
    /// What every key begins with, with a slash behind it; empty for the whole bucket.
    package let prefix: String

    package init(bucket: String, region: String, endpoint: String?, style: Style, prefix: String) {
        self.bucket = bucket
        self.region = region
        self.endpoint = endpoint
        self.style = style
        self.prefix = prefix
    }

    /// Where requests go in a region.
    func address(in region: String) -> S3Address {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let base = endpoint ?? "https://s3.\(region).\(suffix)"
        let scheme = base.hasPrefix("http://") ? "http" : "https"
        let host = base.dropFirst(scheme.count + 3).prefix { $0 != "/" }
        let isInHost =
            switch style {
            case .automatic: endpoint == nil && !bucket.contains(".")
            case .path: false
            case .virtual: true
            }
        return isInHost
            ? S3Address(scheme: scheme, host: "\(bucket).\(host)", root: "")
            : S3Address(scheme: scheme, host: String(host), root: "/\(bucket)")
    }
}

/// Where a bucket is.
struct S3Address: Sendable, Hashable {
    let scheme: String
    /// With the port, if it is not the usual one.
    let host: String
    /// What the path of every object begins with, before the slash; empty where the host names the bucket.
    let root: String

    /// The path of an object, or without one of the bucket itself.
    func path(_ key: String) -> String { key.isEmpty && !root.isEmpty ? root : "\(root)/\(key)" }

    func url(_ key: String, query: String?) -> String {
        "\(scheme)://\(host)\(path(key))\(query.map { "?\($0)" } ?? "")"
    }
}
