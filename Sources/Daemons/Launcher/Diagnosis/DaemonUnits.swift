internal import EventLoop
internal import SystemCalls

/// The units of systemd that run a daemon on this host: its instances, such as `scorable-apid@1.service`.
enum DaemonUnits {
    /// Those that systemd has loaded: that run, are wanted, or have failed.
    static func names(of daemon: String, environment: [String: String]) async throws -> [String] {
        let answer = try await ProgramOutput.of(
            [
                systemctl, "list-units", "--all", "--full", "--plain", "--no-legend", "scorable-\(daemon)@*.service",
                "scorable-\(daemon).service",
            ],
            environment: environment, within: .seconds(2))
        return names(in: answer.text)
    }

    /// What systemd says of a unit.
    static func properties(
        of unit: String, _ names: String, environment: [String: String]
    ) async throws -> UnitProperties {
        let answer = try await ProgramOutput.of(
            [systemctl, "show", unit, "--property=\(names)"], environment: environment, within: .seconds(2))
        return UnitProperties(answer.text)
    }

    /// The first word of each line that is about a unit.
    static func names(in listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first.map(String.init)
        }.filter { $0.hasPrefix("scorable-") && $0.hasSuffix(".service") }
    }

    private static let systemctl = "/usr/bin/systemctl"
}

/// What `systemctl show` says of a unit.
struct UnitProperties: Sendable {
    private let values: [Substring: Substring]

    init(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...]
        }
        self.values = values
    }

    subscript(_ name: Substring) -> String? { values[name].map(String.init) }

    /// Whether its programs reach no address but those that it allows.
    var isHeldToAddresses: Bool {
        let denied = Set((self["IPAddressDeny"] ?? "").split(separator: " "))
        return denied.isSuperset(of: ["0.0.0.0/0", "::/0"])
    }
}
