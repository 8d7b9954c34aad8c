package import Settings

/// The connection strings of replicas, as one setting.
package struct ReplicaList: Sendable {
    package let connections: [Secret]

    init(_ connections: [Secret]) { self.connections = connections }

    /// How the list is read and shown.
    static let setting = SettingKind<ReplicaList>(
        expected: "a list of URIs postgresql://… or connection strings host=…", isSecret: true,
        mask: { text in split(text).map { Secret.maskingPassword(in: $0) }.joined(separator: ",") },
        text: { $0.connections.map { $0.reveal() }.joined(separator: ",") },
        parse: { text in
            let parts = split(text)
            guard parts.allSatisfy(isBeginning) else { return nil }
            return ReplicaList(parts.map { Secret($0) })
        })

    /// A comma separates two of them where another one begins behind it: also the hosts within one have commas.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        for piece in text.split(separator: ",") {
            let piece = String(piece.drop { $0 == " " })
            if parts.isEmpty || isBeginning(piece) {
                parts.append(piece)
            } else {
                parts[parts.count - 1] += "," + piece
            }
        }
        return parts
    }

    private static func isBeginning(_ text: String) -> Bool {
        ["postgresql://", "postgres://", "host="].contains { text.hasPrefix($0) }
    }
}
