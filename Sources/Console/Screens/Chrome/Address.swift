import Terminal

/// The line above the body: what is shown of it, by which filter and order.
enum Address {
    static func draw(_ model: Model, row: Int, into frame: inout Frame) {
        if case .filter(let line) = model.overlays.last {
            line.draw(into: &frame, row: row)
            return
        }
        var segments = model.screen.address(model.scope)
        // The last one stands at the right.
        let last = segments.count > 1 ? segments.popLast() : nil
        let right = frame.size.columns - 1 - (last?.text.columns ?? 0)
        var column = 1
        for segment in segments {
            column = frame.put(segment.text, row, column, Style(segment.ink), width: max(0, right - 2 - column)) + 2
        }
        if let last { frame.put(last.text, row, max(column, right), Style(last.ink)) }
    }
}
