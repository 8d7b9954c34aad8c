import Terminal
import WireAPI

/// Showing again who is there before something dangerous: what was refused for that is kept, and asked for again.
extension Model {
    /// The check that is open.
    private var checkIndex: Int? {
        overlays.firstIndex { if case .identity = $0 { true } else { false } }
    }

    /// Keeps what is asked for that changes something, until it is answered.
    mutating func remember(_ ask: Ask) {
        if ask.request.method != OperatorRequest<OperatorNothing>.Method.get.rawValue { actions[ask.ticket] = ask }
    }

    /// Keeps what was refused until it is known who is there.
    /// - Returns: what is to be done about it, `nil` for an answer that is for whoever asked.
    mutating func hold(_ answer: ServerAnswer) -> [Effect]? {
        let action = actions.removeValue(forKey: answer.ticket)
        guard case .failure(let failure) = answer.result, failure.kind == .confirmationRequired, let action else {
            return nil
        }
        return openCheck(for: action)
    }

    private mutating func openCheck(for action: Ask) -> [Effect] {
        if checkIndex != nil { return onCheck { check, _ in check.add(action) } }
        let machine = machine
        let means = session?.confirmsBy
        return inContext { model, context in
            model.overlays.append(.identity(IdentityCheck(for: action, by: means, on: machine, &context)))
        }
    }

    mutating func pressInCheck(_ key: Key) -> [Effect] {
        let machine = machine
        return onCheck { $0.press(key, on: machine, &$1) }
    }

    /// Lets the check do something, and carries out what came of it.
    mutating func onCheck(_ change: (inout IdentityCheck, inout ScreenContext) -> Void) -> [Effect] {
        guard let index = checkIndex, case .identity(var check) = overlays[index] else { return [] }
        let effects = inContext { model, context in
            change(&check, &context)
            model.overlays[index] = .identity(check)
        }
        switch check.ending {
        case nil: return effects
        case .confirmed(let session):
            overlays.remove(at: index)
            if let session {
                self.session = session
                limits = SessionLimits(session)
            }
            for action in check.actions { remember(action) }
            return effects + check.actions.map { .ask($0) }
        case .abandoned:
            overlays.remove(at: index)
            return effects + tell(check.actions)
        }
    }

    /// What waited for a check is not done.
    private mutating func tell(_ actions: [Ask]) -> [Effect] {
        let failure = ServerFailure(.confirmationRequired, "you did not show that it is you")
        return actions.flatMap { action in
            onScreens { $0.receive(ServerAnswer(ticket: action.ticket, result: .failure(failure)), &$1) }
        }
    }

    /// Closes the check that is open.
    mutating func abandonCheck() -> [Effect] {
        guard let index = checkIndex, case .identity(let check) = overlays.remove(at: index) else { return [] }
        return tell(check.actions)
    }

    /// Lets something ask the server that is no screen.
    mutating func inContext(_ body: (inout Model, inout ScreenContext) -> Void) -> [Effect] {
        var context = ScreenContext(scope: scope, isSeen: true, nextTicket: nextTicket)
        body(&self, &context)
        nextTicket = context.ticketsUsedUntil
        return context.effects
    }
}
