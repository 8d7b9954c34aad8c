internal import ChatModel
internal import Dialects
internal import EventLoop
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServer
internal import HTTPServing
internal import Scoring
internal import Spending

/// A call that has been read: who makes it, what it says, and until when it is worth answering.
final class IncomingCall {
    let caller: Caller
    let body: [UInt8]
    let account: CallAccount
    let equipment: CallEquipment
    private let context: RequestContext

    /// A call that is made here.
    init(
        _ caller: Caller, body: [UInt8], _ context: RequestContext, _ equipment: CallEquipment, _ account: CallAccount
    ) {
        self.caller = caller
        self.body = body
        self.context = context
        self.equipment = equipment
        self.account = account
        account.caller = caller
    }

    /// Finds out who calls, then reads what is asked.
    /// - Throws: ``CallerRefusal``, or what reading the body throws.
    static func read(
        _ context: RequestContext, _ equipment: CallEquipment, _ account: CallAccount
    ) async throws -> IncomingCall {
        let caller = try equipment.callers.caller(context.request)
        let body = try await context.request.body.collect(upTo: context.bodyLimit)
        if body.first != UInt8(ascii: "{"), let coding = context.header("content-encoding"), coding != "identity" {
            account.caller = caller
            throw ChatFailure(
                .invalidRequest,
                "bodies are taken as they are, without a content-encoding; send this one without it",
                parameter: "content-encoding")
        }
        return IncomingCall(caller, body: body, context, equipment, account)
    }

    /// Who serves the model that is asked for.
    /// - Throws: ``ChatFailure`` when nobody does, or it cannot be found out.
    func route(to model: String) async throws -> PreparedRoute {
        if let route = try knownRoute(to: model) { return route }
        do {
            if let route = try await equipment.routes.current.route(caller.payer.organization, model) { return route }
        } catch {
            throw ChatFailure(.providerError, "which provider serves the model \"\(model)\" cannot be looked up now")
        }
        throw Self.unknown(model)
    }

    /// The same where it need not be found out; `nil` where it has to be.
    /// - Throws: ``ChatFailure`` when nobody serves the model.
    func knownRoute(to model: String) throws(ChatFailure) -> PreparedRoute? {
        account.model = model
        guard caller.mayUse(model) else { throw Self.unknown(model) }
        guard let known = equipment.routes.current.known(caller.payer.organization, model) else { return nil }
        guard let route = known else { throw Self.unknown(model) }
        return route
    }

    /// What is said of a model that nobody serves, or that the caller may not ask for.
    static func unknown(_ model: String) -> ChatFailure {
        ChatFailure(.noProvider, "no provider serves a model called \"\(model)\"")
    }

    /// Until when an answer of a route is of use, with a little kept back so that ours still reaches the caller.
    func deadline(on route: PreparedRoute) -> Deadline {
        let total = route.patience(equipment.settings).total
        account.usualTime = total
        let now = Moment.turn
        // In nanoseconds: to divide a `Duration` is a matter of 128 bits, and of generic code.
        let time = min(max(0, context.deadline.moment.nanoseconds - now.nanoseconds), total.nanoseconds)
        return Deadline(moment: now.advanced(by: time - min(equipment.settings.reserve.nanoseconds, time / 4)))
    }

    /// The deployments of a route, to be asked for this caller until `deadline`.
    func asking(_ route: PreparedRoute, _ limit: AnswerLimit, until deadline: Deadline) -> Asking {
        Asking(self, route, limit, until: deadline)
    }

    /// Sets aside what the call costs at the worst, at the dearest deployment of the route.
    /// - Throws: ``ChatFailure`` when a budget has too little left, or nobody has said what the model costs.
    func reserve(on route: PreparedRoute, _ limit: AnswerLimit, until deadline: Deadline) async throws {
        if let payment = try beginReserving(on: route, limit) {
            try await wait(for: payment, limit, until: deadline)
        }
    }

    /// Sets that aside at once where it is there; else returns what has to be waited for.
    /// - Throws: ``ChatFailure`` when nobody has said what the model costs.
    func beginReserving(on route: PreparedRoute, _ limit: AnswerLimit) throws(ChatFailure) -> WaitingPayment? {
        switch equipment.budgets.begin(caller.payer, try worstCase(on: route, limit)) {
        case .reserved(let reservation):
            account.reservation = reservation
            return nil
        case .queued(let payment): return payment
        }
    }

    private func worstCase(on route: PreparedRoute, _ limit: AnswerLimit) throws(ChatFailure) -> Money {
        var worst = Money.zero
        for deployment in route.deployments where !deployment.hasObstacle {
            guard let tariff = deployment.tariff else {
                guard route.terms.isUnpricedAllowed else { throw Self.unpriced(deployment) }
                continue
            }
            worst = max(
                worst,
                tariff.worstCase(
                    promptTokens: account.promptSize.mostTokens,
                    outputTokens: limit.tokens(of: deployment, route.terms),
                    images: account.promptSize.images))
        }
        return worst
    }

    /// Waits for what could not be set aside at once.
    /// - Throws: ``ChatFailure`` when a budget has too little left.
    func wait(for payment: WaitingPayment, _ limit: AnswerLimit, until deadline: Deadline) async throws {
        do {
            account.reservation = try await equipment.budgets.wait(payment, until: deadline)
        } catch {
            guard error.kind != .cancelled else { throw CancellationError() }
            var failure = ChatFailure(error, ofKey: caller.keyName, at: equipment.now())
            if error.kind == .exhausted, limit.each == nil {
                failure.message += "; it sets no limit to its answer, so that a long one is reckoned with"
            }
            throw failure
        }
    }

    private static func unpriced(_ deployment: PreparedDeployment) -> ChatFailure {
        ChatFailure(
            .overBudget,
            "nobody has said what the model \(deployment.modelName) of provider \(deployment.providerName) costs, "
                + "and calls without a price are not allowed for it",
            provider: deployment.providerName)
    }

    /// The caller's header fields.
    var headers: HTTPHeaders { context.request.headers }

    /// What the answer is called where the provider gives it no name.
    var identity: AnswerIdentity {
        AnswerIdentity(id: context.requestID, created: Int64(equipment.now().timeIntervalSince1970))
    }
}

extension ChatFailure {
    /// A call that is not made because of what it may cost.
    init(_ refusal: BudgetRefusal, ofKey name: String? = nil, at now: Date) {
        switch refusal.kind {
        case .unavailable, .cancelled:
            self.init(.overloaded, "\(refusal)", retryAfter: .seconds(1))
        case .exhausted:
            guard !refusal.isPassing else {
                self.init(.overBudget, refusal.sentence(key: name), retryAfter: .seconds(1), isTransient: true)
                return
            }
            // A budget that begins anew within the hour is worth waiting for; else it says no.
            let wait = refusal.resetsAt.map { $0.timeIntervalSince(now) }.flatMap { $0 < 3600 ? $0 : nil }
            self.init(.overBudget, refusal.sentence(key: name), retryAfter: wait.map { .seconds(max(1, $0)) })
        }
    }
}
