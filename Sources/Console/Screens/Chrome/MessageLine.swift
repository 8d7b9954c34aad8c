import Terminal

/// One line of words above the keys: what was just said, else what an open field needs, else what does not flow, else
/// what the screen says.
enum MessageLine {
    static func draw(_ model: Model, into frame: inout Frame) {
        let layout = Layout(size: frame.size)
        guard let segment = segment(model) else { return }
        if let row = layout.message {
            frame.fill(row, Style(segment.ink))
            frame.put(segment.text, row, 1, Style(segment.ink), width: frame.size.columns - 2)
        } else if model.notice != nil || model.overlays.last?.isTyping == true {
            // Only what cannot wait takes the place of the keys.
            frame.fill(layout.keys, Style(segment.ink, on: .bar))
            frame.put(segment.text, layout.keys, 1, Style(segment.ink, on: .bar), width: frame.size.columns - 2)
        }
    }

    private static func segment(_ model: Model) -> Segment? {
        if let notice = model.notice {
            let undo = model.undo.map { "   z: \($0.label)" } ?? ""
            return Segment(notice.message.text + undo, notice.message.tone.ink)
        }
        guard model.signIn == nil else { return nil }
        if case .filter(let line) = model.overlays.last { return Segment(line.note.text, line.note.ink) }
        if let undo = model.undo { return Segment("z: \(undo.label)", .accent) }
        if case .down(_, let reason, _) = model.stream.phase { return Segment("Live updates: \(reason)", .bad) }
        if let list = model.screen as? any ListScreen, list.markCount > 0 {
            return Segment(list.markWords, .accent)
        }
        return model.screen.status(model.scope)
    }
}
