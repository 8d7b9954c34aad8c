import FoundationEssentials
import Terminal
import WireAPI

/// Does what is to be done to somebody, and tells what came of it.
struct PersonActions: Sendable {
    /// What they have is asked for before a question about it.
    private enum Intent: Sendable {
        case deactivate, handOver, takeGrant
    }

    private var looking = Awaited<OperatorUserDetail>()
    private var projects = ProjectReading()
    private var intent = Intent.deactivate
    private var deactivating = Awaited<OperatorDeactivated>()
    private var handingOver = Awaited<OperatorBelongings>()
    private var reactivating = Awaited<OperatorUser>()
    private var taking = Awaited<OperatorUserDetail>()
    private var linking = Awaited<OperatorLink>()
    private var signingOut = Awaited<OperatorSignedOut>()
    private var removing = Awaited<OperatorNothing>()
    private var keys = KeyMaking()
    /// Whom it is about.
    private var subject: OperatorUser?

    /// What an action that is on its way is doing.
    var status: Segment? {
        if looking.isWaiting { return Segment("Asking what is theirs", .accent) }
        if projects.isWaiting { return Segment("Reading the projects", .accent) }
        let isWaiting =
            deactivating.isWaiting || handingOver.isWaiting || reactivating.isWaiting || taking.isWaiting
            || linking.isWaiting || signingOut.isWaiting || removing.isWaiting
        return isWaiting ? Segment("Telling the server", .accent) : keys.status
    }

    /// Whether an action makes sense for whom it is aimed at.
    static func can(_ action: PersonAction, on user: OperatorUser?, _ scope: Scope) -> Bool {
        switch action {
        case .invite, .add, .addPerson, .addServiceAccount, .takeGrantAgreed, .deactivateKeeping, .deactivateGiving,
            .deactivateAgreed, .handOverAgreed, .removeFactorAgreed, .signOutAgreed:
            return true
        case .rename, .changeRole, .grant, .takeGrant, .toggle, .handOver, .resetPassword, .removeFactor, .signOut,
            .makeKey:
            guard let user, RoleChoice.reaches(user.role, scope) else { return false }
            return can(action, to: user, scope)
        }
    }

    private static func can(_ action: PersonAction, to user: OperatorUser, _ scope: Scope) -> Bool {
        let isActive = user.state == .active
        let isSelf = user.id == scope.session?.user.id
        return switch action {
        case .rename, .handOver: true
        case .changeRole, .grant: isActive
        case .takeGrant: user.projectGrants > 0
        case .toggle: !isSelf
        case .resetPassword: isActive && user.kind == .person
        case .removeFactor: user.hasSecondFactor && !isSelf
        case .signOut: user.openSessions > 0
        case .makeKey: isActive && user.kind == .serviceAccount
        case .invite, .add, .addPerson, .addServiceAccount, .takeGrantAgreed, .deactivateKeeping, .deactivateGiving,
            .deactivateAgreed, .handOverAgreed, .removeFactorAgreed, .signOutAgreed:
            true
        }
    }

    mutating func perform<Command: Sendable & Hashable>(
        _ action: PersonAction, on user: OperatorUser?, _ context: inout ScreenContext,
        _ command: @escaping @Sendable (PersonAction) -> Command
    ) {
        switch action {
        case .invite: context.push(PersonForm.inviting(context.scope))
        case .add: context.present(PersonQuestion.whatToMake(command))
        case .addPerson: context.push(PersonForm.addingPerson(context.scope))
        case .addServiceAccount: context.push(PersonForm.addingServiceAccount(context.scope))
        case .deactivateKeeping(let detail):
            context.present(PersonQuestion.deactivate(detail, handOverTo: nil, at: context.now, command))
        case .deactivateGiving(let detail):
            context.push(
                PersonForm.handingOver(detail, "Deactivate \(detail.user.label)") {
                    PersonQuestion.deactivate(detail, handOverTo: $0, at: $1, command)
                })
        case .takeGrantAgreed(let id, let project): taking.ask(.takeGrant(from: id, in: project.id), &context)
        case .deactivateAgreed(let user, let receiver):
            subject = user
            deactivating.ask(
                .deactivatePerson(
                    user.id, OperatorDeactivation(revision: user.revision, handOverTo: receiver?.id)), &context)
        case .handOverAgreed(let user, let receiver):
            subject = user
            handingOver.ask(.handOver(from: user.id, OperatorHandOver(to: receiver.id)), &context)
        case .removeFactorAgreed(let user):
            subject = user
            removing.ask(.removeSecondFactor(of: user.id), &context)
        case .signOutAgreed(let user):
            subject = user
            signingOut.ask(.signOutPerson(user.id), &context)
        case .rename, .changeRole, .grant, .takeGrant, .toggle, .handOver, .resetPassword, .removeFactor, .signOut,
            .makeKey:
            if let user { begin(action, user, &context, command) }
        }
    }

    /// Asks what has to be known or agreed to before.
    private mutating func begin<Command: Sendable & Hashable>(
        _ action: PersonAction, _ user: OperatorUser, _ context: inout ScreenContext,
        _ command: (PersonAction) -> Command
    ) {
        subject = user
        switch action {
        case .rename: context.push(PersonForm.renaming(user))
        case .changeRole: context.push(PersonForm.changingRole(of: user, context.scope))
        case .grant: projects.begin(&context)
        case .takeGrant: look(.takeGrant, user, &context)
        case .handOver: look(.handOver, user, &context)
        case .toggle:
            if user.state == .active {
                look(.deactivate, user, &context)
            } else {
                reactivating.ask(
                    .reactivatePerson(user.id, OperatorReactivation(revision: user.revision)), &context)
            }
        case .resetPassword: linking.ask(.resetPassword(of: user.id), &context)
        case .makeKey: keys.make(for: user, &context)
        case .removeFactor: context.present(PersonQuestion.removeFactor(of: user, at: context.now, command))
        case .signOut: context.present(PersonQuestion.signOut(user, at: context.now, command))
        case .invite, .add, .addPerson, .addServiceAccount, .takeGrantAgreed, .deactivateKeeping, .deactivateGiving,
            .deactivateAgreed, .handOverAgreed, .removeFactorAgreed, .signOutAgreed:
            break
        }
    }

    private mutating func look(_ intent: Intent, _ user: OperatorUser, _ context: inout ScreenContext) {
        self.intent = intent
        looking.ask(.person(user.id), &context)
    }

    // MARK: Answers

    /// Takes an answer; says whether something has changed.
    mutating func receive<Command: Sendable & Hashable>(
        _ answer: ServerAnswer, _ context: inout ScreenContext,
        _ command: @escaping @Sendable (PersonAction) -> Command
    ) -> Bool {
        let name = subject?.label ?? ""
        keys.receive(answer, &context)
        if let all = projects.receive(answer, &context), let subject, context.isSeen {
            context.push(PersonForm.granting(subject, in: all, context.scope))
        }
        if let result = looking.take(answer) {
            if let detail = context.reply(of: result) { ask(about: detail, &context, command) }
            return false
        }
        if let result = deactivating.take(answer) {
            return context.tell(result) { Self.sentence($0) }
        }
        if let result = handingOver.take(answer) {
            return context.tell(result) { "Handed over: \($0.words ?? "there was nothing")" }
        }
        if let result = reactivating.take(answer) {
            return context.tell(result) { "\($0.label) gets in again, as \($0.role)" }
        }
        if let result = taking.take(answer) {
            return context.tell(result) { "\($0.user.label) is \($0.user.role) there too" }
        }
        if let result = signingOut.take(answer) {
            return context.tell(result) { "\(name) is signed out: \(Counted.sessions($0.endedSessions)) ended" }
        }
        if let result = removing.take(answer) {
            return context.tell(result) { _ in "\(name) signs in by the password alone now" }
        }
        if let result = linking.take(answer), let link = context.reply(of: result) {
            context.push(ShownOnceScreen.passwordLink(link, for: name))
        }
        return false
    }

    private static func sentence(_ done: OperatorDeactivated) -> String {
        let things = done.handedOver?.words.map { "; handed over: \($0)" } ?? ""
        return "\(done.user.label) gets in nowhere now: \(Counted.sessions(done.endedSessions)) ended\(things)"
    }

    private func ask<Command: Sendable & Hashable>(
        about detail: OperatorUserDetail, _ context: inout ScreenContext,
        _ command: @escaping @Sendable (PersonAction) -> Command
    ) {
        // Who is asked somewhere else would be answered for what is seen.
        guard context.isSeen else { return }
        switch intent {
        case .takeGrant: context.present(PersonQuestion.whichGrant(detail, command))
        case .deactivate:
            if detail.belongings.total == 0 {
                context.present(PersonQuestion.deactivate(detail, handOverTo: nil, at: context.now, command))
            } else {
                context.present(PersonQuestion.keepOrGive(detail, command))
            }
        case .handOver:
            if detail.belongings.total == 0 {
                context.say("Nothing is theirs to hand over")
            } else {
                context.push(
                    PersonForm.handingOver(detail, "Hand over what is \(detail.user.label)'s") {
                        PersonQuestion.handOver(detail, to: $0, at: $1, command)
                    })
            }
        }
    }
}
