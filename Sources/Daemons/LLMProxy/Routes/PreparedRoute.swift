internal import ChatModel
internal import EventLoop
internal import Providers
internal import Spending
internal import Tenancy

/// A route with everything looked up that its calls need, so that a call looks up nothing. For the loop whose cache made it.
final class PreparedRoute {
    /// All deployments, stage after stage.
    let deployments: [PreparedDeployment]
    let terms: RouteTerms
    private let stages: [(choice: CallRoute.Choice, range: Range<Int>)]
    /// The only order there is, when no stage has a choice.
    private let onlyArrangement: [[Int]]?
    private var patience: CallPatience?
    /// The plan for that order, once it is made.
    private var onlyPlan: AttemptPlan?

    /// `deployments` are those of `route`, stage after stage.
    init(_ route: CallRoute, _ deployments: [PreparedDeployment]) {
        var stages: [(CallRoute.Choice, Range<Int>)] = []
        var start = 0
        for stage in route.stages {
            stages.append((stage.choice, start..<start + stage.deployments.count))
            start += stage.deployments.count
        }
        self.deployments = deployments
        self.stages = stages
        let hasChoice = stages.contains { $0.1.count > 1 }
        onlyArrangement = hasChoice ? nil : stages.map { Array($0.1) }
        terms = route.terms
    }

    /// How long the phases of its calls may take.
    func patience(_ settings: ProxySettings) -> CallPatience {
        if let patience { return patience }
        let adjusted = settings.patience.adjusted(to: terms)
        patience = adjusted
        return adjusted
    }

    /// In which order a call of this moment asks the deployments.
    func plan(
        _ settings: ProxySettings, at now: Moment, using chance: inout some RandomNumberGenerator
    ) -> AttemptPlan {
        if let onlyPlan { return onlyPlan }
        let plan = AttemptPlan(arranged(at: now, using: &chance), settings.retries)
        if onlyArrangement != nil { onlyPlan = plan }
        return plan
    }

    /// The deployments of every stage in the order in which a call of this moment asks them. Those that do not look as
    /// if they could answer come last: they are better than nobody.
    func arranged(at now: Moment, using chance: inout some RandomNumberGenerator) -> [[Int]] {
        if let onlyArrangement { return onlyArrangement }
        return stages.map { stage in
            guard stage.range.count > 1 else { return Array(stage.range) }
            let promising = stage.range.filter { deployments[$0].state.isPromising(at: now) }
            let others = stage.range.filter { !promising.contains($0) }
            switch stage.choice {
            case .ordered: return promising + others
            case .weighted: return drawn(promising, using: &chance) + others
            case .leastBusy: return leastBusyFirst(promising, using: &chance) + others
            }
        }
    }

    /// Drawn one after the other, each with the chance that its weight gives it among those that are left.
    private func drawn(_ indices: [Int], using chance: inout some RandomNumberGenerator) -> [Int] {
        var left = indices
        var drawn: [Int] = []
        while left.count > 1 {
            var ticket = Int.random(in: 0..<left.reduce(0) { $0 + deployments[$1].deployment.weight }, using: &chance)
            let place = left.firstIndex { index in
                ticket -= deployments[index].deployment.weight
                return ticket < 0
            }
            drawn.append(left.remove(at: place ?? 0))
        }
        return drawn + left
    }

    private func leastBusyFirst(_ indices: [Int], using chance: inout some RandomNumberGenerator) -> [Int] {
        // Shuffled first, so that equally busy ones take turns.
        indices.shuffled(using: &chance).map { index in
            let prepared = deployments[index]
            return (index, Double(prepared.state.running) / Double(prepared.deployment.weight))
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
