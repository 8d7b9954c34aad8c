import FoundationEssentials
package import Terminal
import WireAPI

extension Model {
    /// What is to be done first: where email and password are known, the attempt to sign in.
    package mutating func start() -> [Effect] {
        var effects: [Effect] = preferences.isMouseOn ? [.mouse(true)] : []
        if startsInBrowser { return effects + signInByBrowser() }
        if signIn?.isComplete == true, let effect = signIn?.submit(at: now) { return effects + [effect] }
        effects += askForSingleSignOn()
        return effects
    }

    /// Takes in what happened and says what is to be done about it.
    package mutating func receive(_ event: Event<Answer>, at now: Duration) -> [Effect] {
        self.now = max(self.now, now)
        if event.isTouch { touchedAt = self.now }
        var effects = take(event)
        // What a timer asks for keeps no session open, nor what comes of it when nobody has been here for a while.
        let isUnattended = event.isTick || self.now - touchedAt > Self.attention
        for index in effects.indices {
            guard case .ask(var ask) = effects[index] else { continue }
            ask.isUnattended = isUnattended
            effects[index] = .ask(ask)
            if !isUnattended, let date = clock.date(at: self.now) { limits?.used(at: date) }
        }
        return effects
    }

    /// For so long after a key, what is asked for is asked for by somebody.
    private static let attention = Duration.seconds(60)

    private mutating func take(_ event: Event<Answer>) -> [Effect] {
        if let until = notice?.until, until <= self.now { notice = nil }
        if let until = undo?.until, until <= self.now { undo = nil }
        switch event {
        case .input(.key(let key)): return press(key)
        case .input(.paste(let text)): return paste(text)
        case .input(.mouse(let mouse)): return take(mouse)
        case .message(let answer): return take(answer)
        case .resized(let size): resize(size)
        case .edited(let result): return takeEdited(result)
        case .copied(let outcome): takeCopied(outcome)
        case .report(let report): return onScreens { $0.learn(report, &$1) }
        case .cannotSuspend: say(Message(text: "No shell here to come back from: not suspended", tone: .caution))
        case .tick: return farewell == nil ? onScreen { $0.tick(&$1) } : []
        case .input(.focus), .input(.report), .resumed: break
        }
        return []
    }

    private mutating func resize(_ size: Size) {
        self.size = size
        let body = area.size
        for room in stacks.keys {
            for index in stacks[room, default: []].indices { stacks[room]?[index].resize(body) }
        }
    }

    /// Says something for a few seconds, and keeps it in the message log.
    mutating func say(_ message: Message) {
        notice = Notice(message: message, until: now + .seconds(message.tone == .bad ? 12 : 6))
        messages.add(message, time: clock.date(at: now).map(Formats.time) ?? "")
    }

    // MARK: Screens

    /// Lets the screen that is seen do something, and carries out what it wants.
    mutating func onScreen(_ change: (inout any Screen, inout ScreenContext) -> Void) -> [Effect] {
        guard let index = stacks[room]?.indices.last else { return [] }
        return onScreen(room, index, change)
    }

    /// Lets every screen take something in.
    mutating func onScreens(_ change: (inout any Screen, inout ScreenContext) -> Void) -> [Effect] {
        var effects: [Effect] = []
        for room in Room.allCases {
            for index in stacks[room, default: []].indices where index < stacks[room, default: []].count {
                effects += onScreen(room, index, change)
            }
        }
        return effects
    }

    private mutating func onScreen(
        _ room: Room, _ index: Int, _ change: (inout any Screen, inout ScreenContext) -> Void
    ) -> [Effect] {
        guard var screen = stacks[room]?[index] else { return [] }
        let isSeen = room == self.room && index == stacks[room]?.indices.last
        var context = ScreenContext(scope: scope, isSeen: isSeen, nextTicket: nextTicket)
        // Held in one place only: a second one would make every change copy all that the screen holds.
        stacks[room]?[index] = Away()
        change(&screen, &context)
        stacks[room]?[index] = screen
        nextTicket = context.ticketsUsedUntil
        var effects = context.effects
        for step in context.steps { effects += take(step, of: room) }
        for effect in effects {
            if case .ask(let ask) = effect { remember(ask) }
            if case .remember(let preferences) = effect { self.preferences = preferences }
            if case .edit(let text, _) = effect { edited = (text, room) }
        }
        return effects
    }

    private mutating func take(_ step: ScreenContext.Step, of room: Room) -> [Effect] {
        switch step {
        case .push(let screen): return push(screen, in: room)
        case .pop: return leaveScreen(of: room)
        case .go(let room): return enter(room)
        case .show(let room, let query): return show(room, query: query)
        case .present(let overlay):
            // What is asked somewhere else would be answered for what is seen.
            guard room == self.room else {
                say(Message(text: "\(room.title) had a question: nothing was done there", tone: .caution))
                return []
            }
            overlays.append(overlay)
        case .say(let message): say(message)
        case .perform(let command): return perform(command)
        case .offerUndo(let offer): undo = offer
        case .renewSession: return inContext { model, context in model.renewal.ask(.session(), &context) }
        }
        return []
    }

    /// Opens a screen over the one that is seen.
    mutating func push(_ screen: any Screen) -> [Effect] { push(screen, in: room) }

    /// Opens a screen in a room, which may be another one than is seen by now.
    private mutating func push(_ screen: any Screen, in room: Room) -> [Effect] {
        var screen = screen
        screen.resize(area.size)
        stacks[room, default: []].append(screen)
        return onScreen(room, stacks[room, default: []].count - 1) { $0.appear(&$1) }
    }

    /// Goes to a room, making its first screen where it was never entered.
    mutating func enter(_ next: Room) -> [Effect] {
        if next != room {
            visited.removeAll { $0 == next }
            visited.append(room)
            room = next
        }
        if stacks[next, default: []].isEmpty {
            var screen = next.makeScreen()
            screen.resize(area.size)
            stacks[next] = [screen]
        }
        return onScreen { $0.appear(&$1) }
    }

    /// Leaves what is open in the room; `[]` when the room's first screen is seen.
    mutating func leaveScreen() -> [Effect] { leaveScreen(of: room) }

    /// Leaves what is open in a room, which may be another one than is seen by now.
    private mutating func leaveScreen(of room: Room) -> [Effect] {
        guard stacks[room, default: []].count > 1 else { return [] }
        stacks[room]?.removeLast()
        return onScreen(room, stacks[room, default: []].count - 1) { $0.appear(&$1) }
    }

    // MARK: Other input

    private mutating func paste(_ text: String) -> [Effect] {
        if farewell != nil { return [] }
        if signIn != nil {
            signIn?.paste(text)
            return []
        }
        if let overlay = overlays.popLast() {
            switch overlay {
            case .prompt(var prompt):
                prompt.paste(text)
                overlays.append(.prompt(prompt))
            case .palette(var palette):
                palette.paste(text)
                overlays.append(.palette(palette))
            case .filter(var line):
                line.paste(text, check: checkQuery)
                overlays.append(.filter(line))
            case .identity(var check):
                check.paste(text)
                overlays.append(.identity(check))
            case .help, .menu, .confirmation, .explanation, .messages:
                // What agrees to something must be typed.
                overlays.append(overlay)
                say(Message(text: "Pasted text is not read as keys"))
            }
            return []
        }
        return onScreen { $0.paste(text, &$1) }
    }

    private mutating func take(_ mouse: Input.Mouse) -> [Effect] {
        guard preferences.isMouseOn, signIn == nil, farewell == nil, overlays.isEmpty else { return [] }
        let area = area
        switch mouse.action {
        case .wheelUp: return onScreen { screen, context in for _ in 0..<3 { screen.move(.up, &context) } }
        case .wheelDown: return onScreen { screen, context in for _ in 0..<3 { screen.move(.down, &context) } }
        case .press:
            guard area.rows.contains(mouse.row) else { return [] }
            return onScreen { $0.click(mouse.row, mouse.column, area, &$1) }
        case .release, .move: return []
        }
    }

    private mutating func takeEdited(_ result: Result<String, EditFailure>) -> [Effect] {
        let before = edited
        edited = nil
        // Whoever wanted the text gets it, whatever is seen by now.
        let room = before?.room ?? room
        guard let index = stacks[room]?.indices.last else { return [] }
        switch result {
        case .success(let text): return onScreen(room, index) { $0.edited(text == before?.text ? nil : text, &$1) }
        case .failure(let failure):
            say(Message(text: "\(failure)", tone: .bad))
            return onScreen(room, index) { $0.edited(nil, &$1) }
        }
    }

    private mutating func takeCopied(_ outcome: Clipboard.Outcome) {
        switch outcome {
        case .sent: say(Message(text: "Copied, where the terminal allows it", tone: .good))
        case .tooLong(let bytes):
            let limit = Formats.count(Clipboard.longest)
            say(Message(text: "\(Formats.count(bytes)) bytes are too many: terminals take \(limit)", tone: .bad))
        }
    }
}

extension Event {
    /// Whether somebody has done something.
    fileprivate var isTouch: Bool {
        switch self {
        case .input(.key), .input(.paste), .input(.mouse), .edited: true
        case .input(.focus), .input(.report), .message, .resized, .copied, .report, .cannotSuspend, .tick, .resumed:
            false
        }
    }

    fileprivate var isTick: Bool { if case .tick = self { true } else { false } }
}

/// Stands in the place of a screen that is being changed.
private struct Away: Screen {
    enum Command: Sendable, Hashable {}
    static let bindings: [Binding<Command>] = []
    var title: String { "" }
    mutating func perform(_ command: Command, _ context: inout ScreenContext) {}
    func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {}
}
