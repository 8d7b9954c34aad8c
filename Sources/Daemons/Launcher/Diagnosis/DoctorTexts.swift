internal import Tenancy
package import WireAPI

extension OperatorDiagnosis {
    /// The exit code of who looked: 0 when nothing is wrong, 1 for what will be, 2 for what is.
    package var exitCode: Int32 {
        switch worst {
        case .ok, .skipped: 0
        case .warn: 1
        case .fail: 2
        }
    }

    /// One line a finding, below what it belongs to, with what to do about it; what is well is there too.
    ///
    /// With `colours` the words of the states are coloured; they say the same without.
    package func text(colours: Bool) -> String {
        var lines: [String] = []
        let width = min(34, findings.map(\.name.shown.count).max() ?? 0)
        for group in Group.allCases {
            let found = findings.filter { $0.group == group }
            guard !found.isEmpty else { continue }
            lines.append(group.title)
            for finding in found {
                let name = finding.name.shown
                let gap = String(repeating: " ", count: max(0, width - name.count))
                lines.append("  \(finding.state.mark(colours)) \(name)\(gap)  \(finding.detail.shown)")
                if let remedy = finding.remedy { lines.append("         → \(remedy.shown)") }
            }
            lines.append("")
        }
        return (lines + [summary]).map { $0 + "\n" }.joined()
    }

    /// As JSON, in one line.
    package var json: String { QueueAdministration.Form.line(of: self) }

    private var summary: String {
        func count(_ state: State) -> Int { findings.count { $0.state == state } }
        let parts =
            "\(count(.ok)) ok, \(count(.warn)) to look at, \(count(.fail)) wrong, \(count(.skipped)) not looked at"
        return worst < .warn ? "Everything is well: \(parts)." : "Not everything is well: \(parts)."
    }
}

extension OperatorDiagnosis.State {
    /// Four letters and, where wanted, a colour.
    fileprivate func mark(_ colours: Bool) -> String {
        let (word, colour) =
            switch self {
            case .ok: ("ok  ", "32")
            case .skipped: ("-   ", "2")
            case .warn: ("WARN", "33")
            case .fail: ("FAIL", "1;31")
            }
        return colours ? "\u{1b}[\(colour)m\(word)\u{1b}[0m" : word
    }
}
