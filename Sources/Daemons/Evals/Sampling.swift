internal import ChatModel
internal import Scoring
internal import WireAPI

/// Asks for a verdict as often as is wanted, and makes one of the answers.
struct Sampling {
    let inquirer: Inquirer

    /// What all answers come to, with what they took together.
    struct Outcome {
        let score: Score
        let justification: String
        let confidence: Double?
    }

    /// Asks the models in their order, and the one that answered again when answers are to be compared. The
    /// first answer is waited for: it finds out who answers and with which parameters, and providers keep the prompt for
    /// the others, which are asked for at once. When an answer is missing the others count; the first one may not be.
    func verdict(
        on inquiry: Inquiry<Verdict>, models: [String]
    ) async -> (outcome: Result<Outcome, EvaluationFailure>, account: ModelExpense) {
        let first = await inquirer.pursue(inquiry, models: models)
        var account = first.account
        let verdict: Verdict
        switch first.finding {
        case .failure(let failure): return (.failure(failure), account)
        case .success(let found): verdict = found
        }
        var samples = VerdictSamples(VerdictSample(verdict))
        var answers = [(verdict: verdict, text: first.account.llmOutput)]
        while inquiry.isRepeated, samples.wanted > 0 {
            let count = samples.wanted
            let more = await ask(inquiry, model: first.model, times: count)
            let usable = more.compactMap { pursuit in
                pursuit.finding.verdict.map { (verdict: $0, text: pursuit.account.llmOutput) }
            }
            account.add(sideBySide: more.map(\.account))
            samples.add(usable.map { VerdictSample($0.verdict) }, of: count)
            answers += usable
        }
        let spokesman = answers[samples.spokesman]
        account.llmOutput = spokesman.text
        let outcome = Outcome(
            score: samples.score, justification: spokesman.verdict.justification, confidence: samples.confidence)
        return (.success(outcome), account)
    }

    private func ask(
        _ inquiry: Inquiry<Verdict>, model: String, times count: Int
    ) async -> [Inquirer.Pursuit<Verdict>] {
        await withTaskGroup(of: (Int, Inquirer.Pursuit<Verdict>).self) { group in
            for index in 0..<count {
                group.addTask { (index, await inquirer.pursue(inquiry, models: [model], isFresh: true)) }
            }
            var pursuits: [(Int, Inquirer.Pursuit<Verdict>)] = []
            while let pursuit = await group.next() { pursuits.append(pursuit) }
            // In the order in which they were asked for, so that the same answers give the same verdict.
            return pursuits.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension Result<Verdict, EvaluationFailure> {
    fileprivate var verdict: Verdict? {
        switch self {
        case .success(let verdict): verdict
        case .failure: nil
        }
    }
}

extension VerdictSample {
    fileprivate init(_ verdict: Verdict) { self.init(score: verdict.score, distribution: verdict.distribution) }
}

extension ModelExpense {
    /// Adds calls that were made at the same time: what they cost counts, and the time of the one that took longest.
    mutating func add(sideBySide others: [ModelExpense]) {
        for other in others {
            attempts += other.attempts
            if let cost = other.costNanodollars { costNanodollars = (costNanodollars ?? 0) + cost }
            guard let used = other.usage else { continue }
            usage = EvaluationReply.Usage(
                promptTokens: (usage?.promptTokens ?? 0) + used.promptTokens,
                completionTokens: (usage?.completionTokens ?? 0) + used.completionTokens)
        }
        guard let longest = others.max(by: { $0.callMicroseconds < $1.callMicroseconds }) else { return }
        callMicroseconds += longest.callMicroseconds
        guard let mine = proxyTiming, let more = longest.proxyTiming else {
            proxyTiming = nil
            return
        }
        proxyTiming = EvaluationReply.ProxyTime(
            queueMicroseconds: mine.queueMicroseconds + more.queueMicroseconds,
            ownMicroseconds: mine.ownMicroseconds + more.ownMicroseconds,
            providerMicroseconds: mine.providerMicroseconds + more.providerMicroseconds)
    }
}
