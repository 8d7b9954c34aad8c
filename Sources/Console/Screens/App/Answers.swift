import FoundationEssentials
import WireAPI

/// What comes from the server.
extension Model {
    mutating func take(_ answer: Answer) -> [Effect] {
        switch answer {
        case .signedIn(let result): return takeSession(result)
        case .reply(let reply):
            let effects = takeInSignIn(reply)
            if case .failure(let failure) = reply.result, failure.kind == .sessionEnded {
                return effects + endSession(failure)
            }
            if let result = leaving.take(reply) { return effects + leave(result) }
            if let result = renewal.take(reply) {
                // Not known anew, it is as it was.
                if case .success(let session) = result {
                    self.session = session
                    limits = SessionLimits(session)
                }
                return effects
            }
            if let held = hold(reply) { return effects + held }
            return effects + onCheck { $0.receive(reply, &$1) } + onScreens { $0.receive(reply, &$1) }
        case .saved(let result):
            switch result {
            case .success(let path): say(Message(text: "Written: \(path)", tone: .good))
            case .failure(let failure): say(Message(text: failure.message, tone: .bad))
            }
            return []
        case .read(let file): return onScreen { $0.read(file, &$1) }
        case .streamOpened:
            let isBlind = stream.position == nil
            stream.opened(at: now)
            // Without a position, what happened between the reading and the opening would be missing.
            return isBlind ? onScreens { $0.refresh(&$1) } : []
        case .event(let id, let event):
            stream.heard(id: id, at: now)
            return take(event)
        case .streamLost(let failure):
            guard session != nil, stream.phase != .off else { return [] }
            return failure.kind == .sessionEnded ? endSession(failure) : [stream.lost(failure, at: now)]
        }
    }

    private mutating func take(_ event: OperatorEvent) -> [Effect] {
        if case .serverTime(let date, let storage) = event {
            clock.synchronise(date, at: now)
            self.storage = storage
        }
        if event == .gap {
            say(Message(text: "Events were lost: what is shown is read anew", tone: .caution))
            return onScreens { $0.refresh(&$1) }
        }
        return onScreens { $0.hear(event, &$1) }
    }

    private mutating func takeSession(_ result: Result<OperatorSession, ServerFailure>) -> [Effect] {
        switch result {
        case .failure(let failure):
            signIn?.failed(failure)
            return failure.kind == .singleSignOnRequired ? signInByBrowser() : []
        case .success(let session): return begin(session)
        }
    }

    /// Somebody has signed in.
    mutating func begin(_ session: OperatorSession) -> [Effect] {
        // Somebody else at the same terminal must not see what was open.
        if let before = lastUser, before != session.user.id {
            stacks = [:]
            overlays = []
            stream = EventStream()
        }
        lastUser = session.user.id
        self.session = session
        limits = SessionLimits(session)
        signIn = nil
        actions = [:]
        renewal.forget()
        clock.synchronise(session.serverTime, at: now)
        let query = takeFirstQuery()
        if session.wantsSecondFactor { room = .profile }
        var effects = [stream.open(after: stream.position, at: now)]
        effects += enter(room)
        if !query.isEmpty { effects += apply(query: query) }
        return effects
    }

    /// Back to the form; what was on the screen is kept for when the session is there again.
    mutating func endSession(_ failure: ServerFailure) -> [Effect] {
        guard let email = session?.user.email else { return [] }
        session = nil
        limits = nil
        stream.close()
        let abandoned = abandonCheck()
        signIn = SignIn(email: email, notice: failure)
        return abandoned + [.closeStream] + askForSingleSignOn()
    }
}
