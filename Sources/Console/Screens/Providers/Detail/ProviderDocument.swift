import FoundationEssentials
import Terminal
import WireAPI

/// Why a provider does as it does, in sentences.
struct ProviderDocument {
    private(set) var document: Document
    private let scope: Scope

    init(_ detail: OperatorProviderDetail, width: Int, _ scope: Scope) {
        self.scope = scope
        document = Document(width: width, charset: scope.charset)
        addNow(detail)
        addModels(detail.deployments)
        addFailures(detail)
        addProbes(detail.deployments)
        addFacts(detail)
    }

    private mutating func addNow(_ detail: OperatorProviderDetail) {
        let provider = detail.provider
        document.title("Now", note: provider.health.words)
        document.body(provider.health?.sentence ?? "No proxy has told how it does.", provider.health.ink)
        if let drain = provider.drain { document.body(drain.sentence(scope), .caution) }
        if !provider.isEnabled { document.body("It is switched off, as if it were not there.", .caution) }
        if let warning = detail.proxies.warning { document.body(warning.text, warning.ink) }
        if provider.keyCount == 0, detail.keys.isEmpty { document.body("It has no key.", .quiet) }
        for key in detail.keys where key.reason != nil {
            document.body("\(ProviderKeyWords.standing(key).text).", .caution)
        }
        for limit in detail.limits where limit.blockedMs != nil || (limit.waiting ?? 0) > 0 {
            let row = ProviderLimitRow(limit, keys: detail.keys)
            let waiting = ProviderEffectWords.count(limit.waiting ?? 0, "call")
            let stop = limit.blockedMs.map { ", stopped for \(ProviderTimes.span(milliseconds: $0))" } ?? ""
            document.body("\(waiting) wait for the limit of \(row.name)\(stop).", .caution)
        }
        guard let recent = provider.figures?.recent else {
            return document.body(provider.whyNoFigures, .quiet)
        }
        let running = provider.running.map { ", \(Formats.count($0)) run now" } ?? ""
        document.body(
            "\(Formats.rate(recent.callsPerMinute)) calls and \(Formats.compact(recent.tokensPerMinute.rounded())) tokens a minute for \(Formats.cost(nanodollars: recent.costPerMinute)), over \(ProviderEffectWords.count(recent.minutes, "minute"))\(running).",
            .quiet)
    }

    private mutating func addModels(_ deployments: [OperatorDeployment]) {
        document.title("Models", note: "\(deployments.count)")
        if deployments.isEmpty { document.line("It serves no model.", .quiet) }
        // What does worst is read first.
        for deployment in deployments.sorted(by: { $0.health.order < $1.health.order }) {
            var spans = [
                Document.Span(deployment.upstreamModel, .strong),
                Document.Span("  \(deployment.health.words)", deployment.health.ink),
            ]
            if deployment.drain != nil { spans.append(Document.Span("  drained", .caution)) }
            document.line(spans)
            if let health = deployment.health { document.body(health.sentence, .quiet, indent: 2) }
            for replica in deployment.replicas where replica.breaker != .closed {
                let pause = replica.breakerPauseMs.map { " for \(ProviderTimes.span(milliseconds: $0))" } ?? ""
                document.body(
                    "breaker \(replica.breaker.words)\(pause) at the proxy \(replica.proxy)", replica.breaker.ink,
                    indent: 2)
            }
        }
    }

    private mutating func addFailures(_ detail: OperatorProviderDetail) {
        if let recent = detail.provider.figures?.recent, !recent.failures.isEmpty {
            document.title(
                "Failures by reason", note: "last \(ProviderEffectWords.count(recent.minutes, "minute"))")
            let width = (recent.failures.map { Formats.count($0.count).columns }.max() ?? 0)
            for failure in recent.failures {
                let count = Formats.count(failure.count)
                let gap = String(repeating: " ", count: width - count.columns)
                let share = Formats.percent(Double(failure.count) / Double(max(1, recent.calls)))
                document.line([
                    Document.Span("\(gap)\(count)  ", .strong), Document.Span(failure.words, .bad),
                    Document.Span("  \(share) of the calls", .quiet),
                ])
            }
        }
        let failed = detail.deployments.filter { $0.lastFailure != nil }
            .sorted { ($0.lastFailure?.at ?? .distantPast) > ($1.lastFailure?.at ?? .distantPast) }
        guard !failed.isEmpty else { return }
        document.title("Last failures")
        for deployment in failed {
            guard let failure = deployment.lastFailure else { continue }
            let status = failure.providerStatus.map { " \($0)" } ?? ""
            document.line([
                Document.Span(ProviderTimes.age(failure.at, scope), .quiet),
                Document.Span("  \(failure.code)\(status)", .bad),
                Document.Span("  \(deployment.upstreamModel)", .quiet),
            ])
            document.body(failure.message, indent: 2)
        }
    }

    private mutating func addProbes(_ deployments: [OperatorDeployment]) {
        let probed = deployments.filter { $0.lastProbe != nil }
        guard !probed.isEmpty else { return }
        document.title("Last probes", note: "asked only to see whether it answers")
        for deployment in probed {
            guard let probe = deployment.lastProbe else { continue }
            let duration = probe.durationMs.map { " in \(Formats.latency(milliseconds: Double($0)))" } ?? ""
            document.line([
                Document.Span(ProviderTimes.age(probe.at, scope), .quiet),
                Document.Span(
                    probe.isAnswered ? "  answered\(duration)" : "  no answer", probe.isAnswered ? .good : .bad),
                Document.Span("  \(deployment.upstreamModel)", .quiet),
            ])
            if let reason = probe.reason { document.body(reason, indent: 2) }
        }
    }

    private mutating func addFacts(_ detail: OperatorProviderDetail) {
        document.title("What it is")
        Self.facts(detail.provider).add(to: &document)
    }

    /// What is stored of it; a key is no part of that.
    static func facts(_ provider: OperatorProvider) -> FactList {
        let settings = provider.settings
        let optional: [(String, String?)] = [
            ("API version", settings.apiVersion), ("region", settings.region), ("project", settings.project),
            ("location", settings.location),
        ]
        return FactList(
            facts: [
                NamedFact("kind", ProviderKindWords.name(provider.kind)),
                NamedFact("address", provider.url ?? "the usual one"),
            ] + optional.compactMap { label, value in value.map { NamedFact(label, $0) } }
                + [
                    NamedFact("whose", provider.holder.sentence),
                    NamedFact("in use", provider.isEnabled ? "yes" : "no, switched off"),
                    NamedFact("models", Formats.count(provider.modelCount)),
                    NamedFact("keys", Formats.count(provider.keyCount)),
                    NamedFact("added", Formats.dayAndMinute(provider.createdAt) + " UTC"),
                    NamedFact("id", provider.id.lowercase),
                ])
    }
}
