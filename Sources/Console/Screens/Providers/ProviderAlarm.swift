import Terminal
import WireAPI

extension OperatorProviderList {
    /// What of the providers deserves a look at once, `nil` when nothing does. What somebody took out of service does not.
    var alarm: Segment? {
        if proxies.answering == 0, proxies.known > 0 { return proxies.warning }
        let used = results.filter { $0.isEnabled && $0.drain == nil }
        let bad = used.filter { $0.health?.condition == .unhealthy }.map(\.name)
        if let first = bad.first {
            let names = bad.count == 1 ? "provider \(first)" : "\(bad.count) of \(results.count) providers"
            return Segment("\(names) unhealthy", .bad)
        }
        let open = used.filter { $0.openBreakers > 0 }.map(\.name)
        guard let first = open.first else { return nil }
        return Segment(
            open.count == 1 ? "provider \(first): a breaker is open" : "\(open.count) providers have open breakers",
            .caution)
    }
}
