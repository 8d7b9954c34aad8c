internal import JSON

/// Google's error bodies: a status in words, and details that say how long to wait and which quota is used up.
enum GoogleErrors {
    static func report(_ body: [UInt8]) -> FailureReport {
        do {
            let root = try JSONNode(body)
            guard root.kind == .array else { return report(root) }
            // Streams wrap their errors in an array.
            for first in try root.elements() { return report(first) }
        } catch {
            return FailureReport(body)
        }
        return FailureReport(body)
    }

    private static func report(_ root: JSONNode) -> FailureReport {
        var report = FailureReport(root)
        let error = root["error"]
        report.code = error?.string("status") ?? report.code
        report.status = error?.integer("code") ?? report.status
        if report.code == "FAILED_PRECONDITION", report.message?.contains("location is not supported") == true {
            report.means(403)
        }
        guard let details = error?["details"], details.kind == .array else { return report }
        do {
            for detail in try details.elements() {
                if let delay = detail.string("retryDelay") { report.retryAfter = duration(delay) }
                // A key that is none, or has expired, is answered as if the request were wrong.
                if detail.has("reason", text: "API_KEY_INVALID") { report.means(401) }
                guard let violations = detail["violations"], violations.kind == .array else { continue }
                // A quota of a day comes back tomorrow, not after the delay that is stated beside it.
                for violation in try violations.elements()
                where violation.string("quotaId")?.contains("PerDay") == true {
                    report.isTerminal = true
                }
            }
        } catch {
            return report
        }
        return report
    }

    /// `34.5s`
    private static func duration(_ text: String) -> Duration? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), (0...86_400).contains(seconds) else {
            return nil
        }
        return .seconds(seconds)
    }
}
