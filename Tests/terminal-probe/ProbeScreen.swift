import Glibc
import Terminal

/// What the probe shows and does.
struct ProbeScreen {
    private var lines: [String] = []
    private var events = 0
    private var cursor = 0
    private var isMouseOn = false

    mutating func receive(_ event: Event<Int>, _ now: Duration) -> [Request] {
        switch event {
        case .input(.key(let key)): return press(key)
        case .input(.paste(let text)): say("paste \(text.utf8.count)")
        case .input(.mouse(let mouse)): say("mouse \(mouse.action) \(mouse.row) \(mouse.column)")
        case .input(.focus(let focus)): say("focus \(focus)")
        case .input(.report(let report)): say("answer \(report)")
        case .message(let number):
            events += 1
            say("event \(number) of the feed, as long as rows are: evaluator Helpfulness 0.\(number % 100) gpt-4o-mini")
        case .resized(let size): say("size \(size.columns)x\(size.rows)")
        case .resumed: say("resumed")
        case .cannotSuspend: say("cannot suspend")
        case .copied(let outcome): say("copied \(outcome)")
        case .edited(.success(let text)): say("edited \(text.split(separator: "\n").joined(separator: "|"))")
        case .edited(.failure(let failure)): say("not edited: \(failure)")
        case .report(let report): describe(report)
        case .tick: break
        }
        return []
    }

    private mutating func press(_ key: Key) -> [Request] {
        switch key {
        case .character("q"), .control("c"): return [.quit(7)]
        case .control("z"): return [.suspend]
        case .control("l"): return [.redraw]
        case .character("c"): return [.copy("text for the clipboard")]
        case .character("e"): return [.edit(Draft("first\nsecond\n", suffix: "yaml", purpose: "A/B ../draft"))]
        case .character("t"): return [.title("probe"), .bell]
        case .character("r"): return [.report]
        case .character("1"): return [.theme(.dark)]
        case .character("2"): return [.theme(.light)]
        case .character("3"): return [.theme(.colourBlind)]
        case .character("4"): return [.theme(.highContrast)]
        case .character("5"): return [.theme(.mono)]
        case .character("m"):
            isMouseOn.toggle()
            return [.mouse(isMouseOn)]
        case .character("X"): return [.quit(Int32(lines[lines.count + events].count))]
        case Key(.down): cursor += 1
        case Key(.up): cursor = max(0, cursor - 1)
        default: say("key \(key.code) \(key.modifiers.rawValue)")
        }
        return []
    }

    private mutating func say(_ text: String) {
        lines.insert(text, at: 0)
        if lines.count > 200 { lines.removeLast() }
    }

    private mutating func describe(_ report: TerminalReport) {
        say("entry \(report.entry) for \(report.type), \(report.colours), \(report.charset) \(report.charsetReason)")
        say("frames \(report.total.frames) bytes \(report.total.bytes) memory \(report.residentBytes >> 20)")
    }

    func view(_ size: Size, _ capabilities: Capabilities) -> Frame {
        var frame = Frame(size: size, charset: capabilities.charset)
        frame.fill(0, Style(.plain, on: .bar))
        let header = " probe — \(capabilities.theme.rawValue), \(capabilities.colours), \(size.columns)x\(size.rows)"
        frame.put(header, 0, 0, Style(.strong, on: .bar))
        for row in 1..<max(1, size.rows) {
            let isSelected = row == 1 + cursor % max(1, size.rows - 1)
            let style = Style(.plain, on: isSelected ? .selection : .page)
            if isSelected { frame.fill(row, style) }
            guard row - 1 < lines.count else { continue }
            let end = frame.put(lines[row - 1], row, 1, style)
            frame.put(" ● good", row, end, Style(.good, on: style.ground))
            if row == 2 { frame.link("https://example.com/x", row, 1..<end) }
        }
        return frame
    }

    func status(of ending: UserInterface<Int>.Ending) -> Int32 {
        switch ending {
        case .quit(let status): status
        case .signal(let number): 128 + number
        case .lost: 129
        }
    }
}
