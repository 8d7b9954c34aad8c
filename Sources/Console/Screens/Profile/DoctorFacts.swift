import FoundationEssentials
import Terminal
import WireAPI

/// The facts of the doctor's screen, in sections.
struct DoctorFacts {
    /// One line.
    struct Fact: Sendable, Hashable {
        let label: String
        let value: String
        var ink = Ink.plain
    }

    private let report: TerminalReport?
    private let scope: Scope

    init(_ report: TerminalReport?, _ scope: Scope) {
        self.report = report
        self.scope = scope
    }

    var sections: [(String, [Fact])] {
        guard let report else { return [("Terminal", [Fact(label: "", value: "asking the terminal")])] }
        return [
            ("Terminal", terminal(report)), ("What it can do", abilities(report)), ("Connection", connection),
            ("This process", process(report)),
        ]
    }

    private func terminal(_ report: TerminalReport) -> [Fact] {
        let isFallback = report.entry != report.type
        return [
            Fact(label: "TERM", value: report.type.isEmpty ? "not set" : report.type),
            Fact(
                label: "entry in use", value: report.entry + (isFallback ? ", since terminfo has none for TERM" : ""),
                ink: isFallback ? .caution : .plain),
            Fact(label: "answers as", value: report.name ?? "did not say"),
            Fact(label: "size", value: "\(report.size.columns) columns, \(report.size.rows) rows"),
            Fact(label: "colours", value: "\(report.colours): \(reason(report.colourReason))"),
            Fact(label: "theme", value: report.theme.rawValue),
            Fact(label: "characters", value: "\(report.charset): \(report.charsetReason)"),
            Fact(label: "between", value: between(report)),
            Fact(
                label: "round trip",
                value: report.roundTrip.map {
                    "\(Formats.latency(milliseconds: $0.inSeconds * 1000)), picture to report"
                }
                    ?? "the terminal does not answer status questions"),
        ]
    }

    private func reason(_ reason: TerminalReport.ColourReason) -> String {
        switch reason {
        case .unwanted: "NO_COLOR is set"
        case .entry(let count): "terminfo says \(count)"
        case .claimed: "COLORTERM says so"
        case .claimedInVain(let count): "COLORTERM says more, terminfo has \(count)"
        }
    }

    private func between(_ report: TerminalReport) -> String {
        let parts = [report.multiplexer.map { "\($0)" }, report.isRemote ? "ssh" : nil].compactMap { $0 }
        return parts.isEmpty ? "nothing that is known" : parts.joined(separator: ", ")
    }

    private func abilities(_ report: TerminalReport) -> [Fact] {
        func fact(_ label: String, _ support: TerminalReport.Support) -> Fact {
            let source =
                switch support {
                case .answered: "the terminal said so"
                case .known: "known of this kind"
                case .assumed: "assumed"
                }
            return Fact(label: label, value: "\(support.isUsed ? "yes" : "no"), \(source)")
        }
        return [
            fact("whole pictures", report.synchronisedOutput), fact("marked paste", report.bracketedPaste),
            fact("focus", report.focusReports), fact("clipboard", report.clipboard), fact("links", report.links),
            Fact(label: "mouse", value: report.isMouseOn ? "on" : "off"),
        ]
    }

    private var connection: [Fact] {
        var facts: [Fact] = []
        if let session = scope.session {
            facts.append(Fact(label: "deployment", value: "\(session.deployment.name), \(session.deployment.version)"))
            facts.append(Fact(label: "signed in as", value: "\(session.user.email), \(session.user.role)"))
        }
        let flow: Fact
        switch scope.stream.phase {
        case .off: flow = Fact(label: "events", value: "off", ink: .bad)
        case .connecting: flow = Fact(label: "events", value: "connecting", ink: .caution)
        case .live:
            let age = Formats.latency(milliseconds: scope.stream.silence(at: scope.now).inSeconds * 1000)
            flow = Fact(label: "events", value: "live, last heard \(age) ago", ink: .good)
        case .down(_, let reason, _): flow = Fact(label: "events", value: "down: \(reason)", ink: .bad)
        }
        facts.append(flow)
        facts.append(Fact(label: "position", value: scope.stream.position ?? "none yet"))
        if let offset = clockOffset { facts.append(Fact(label: "clock", value: offset)) }
        return facts
    }

    /// How far the server's clock is from the one that was told at the start cannot be known here; its time can.
    private var clockOffset: String? { scope.date.map { "the server has \(Formats.full($0))" } }

    private func process(_ report: TerminalReport) -> [Fact] {
        func traffic(_ traffic: TerminalReport.Traffic) -> String {
            "\(Formats.count(traffic.frames)) pictures, \(Formats.count(traffic.bytes)) bytes"
        }
        return [
            Fact(
                label: "process", value: "\(report.processID), up \(Formats.span(seconds: report.upTime.wholeSeconds))"),
            Fact(label: "sent", value: traffic(report.total)),
            Fact(label: "last second", value: traffic(report.lastSecond)),
            Fact(
                label: "processor",
                value: "\(Formats.decimal(report.processorShare * 100, places: 1)) % of one, "
                    + "\(Formats.latency(milliseconds: report.processorTime.inSeconds * 1000)) in all"),
            Fact(label: "memory", value: "\(Formats.decimal(Double(report.residentBytes) / 1_048_576, places: 1)) MiB"),
        ]
    }
}
