/// Which server an address leads to: scheme, host and port, whatever the path.
struct ServerAddress: Hashable {
    let text: String

    init(_ url: String) {
        let lowered = url.lowercased()
        let scheme = ["http://", "https://"].first { lowered.hasPrefix($0) } ?? ""
        text = scheme + lowered.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    }
}
