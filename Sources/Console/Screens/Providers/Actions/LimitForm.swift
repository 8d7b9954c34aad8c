import WireAPI

/// Setting the limits of a provider, of a model or of a key there.
enum LimitForm {
    static func setting(_ provider: OperatorProvider, _ aim: ProviderAim) -> FormScreen<OperatorNothing> {
        let row = aim.limit
        let subject =
            row?.limit.subject
            ?? OperatorCallLimit.Subject(upstreamModel: aim.deployment?.upstreamModel, keyID: aim.key?.id)
        let name = row?.name ?? aim.deployment?.upstreamModel ?? aim.key.map { "the key \($0.name)" } ?? provider.name
        let set = row?.limit.set ?? OperatorLimits()
        func field(_ id: String, _ label: String, _ value: Int?, _ learned: Int?) -> FormField {
            let told = learned.map { "; the provider tells \(Formats.count($0))" } ?? ""
            return .text(id, label, hint: "empty for no limit\(told)", value: value.map(String.init) ?? "")
        }
        let learned = row?.limit.learned
        return FormScreen(
            "Limits of \(name)",
            note:
                "Calls beyond a limit wait for their turn, then go to another place or are refused. What the provider tells of itself holds beside it.",
            Form([
                field(
                    "requests_per_minute", "Requests a minute", set.requestsPerMinute, learned?.requestsPerMinute),
                field("tokens_per_minute", "Tokens a minute", set.tokensPerMinute, learned?.tokensPerMinute),
                field("concurrency", "Calls at a time", set.concurrency, learned?.concurrency),
            ])
        ) { values throws(FormProblem) in
            let range = 1...1_000_000_000
            return .setLimits(
                OperatorCallLimitDraft(
                    subject: subject,
                    limits: OperatorLimits(
                        requestsPerMinute: try values.count("requests_per_minute", in: range),
                        tokensPerMinute: try values.count("tokens_per_minute", in: range),
                        concurrency: try values.count("concurrency", in: range))), of: provider.id)
        } done: { _, context in
            context.say("The limits of \(name) are set; proxies heed them within seconds", .good)
        }
    }
}
