package import Terminal

extension Model {
    /// The picture of the present state, for any size.
    package func view(_ size: Size, _ capabilities: Capabilities) -> Frame {
        var frame = Frame(size: size, charset: capabilities.charset)
        guard !Layout.isTooSmall(size) else {
            drawTooSmall(into: &frame)
            return frame
        }
        if signIn != nil {
            SignInView(self).draw(into: &frame)
        } else if let detail = details.last {
            DetailView(detail, self).draw(into: &frame)
        } else {
            ExecutionsView(self).draw(into: &frame)
        }
        if let helpTop { HelpPanel(contextBehindHelp, size: size).draw(into: &frame, top: helpTop) }
        Header(self).draw(into: &frame)
        KeyLine.draw(context, into: &frame)
        drawNotice(into: &frame)
        return frame
    }

    private func drawNotice(into frame: inout Frame) {
        guard let notice else { return }
        let layout = Layout(size: frame.size)
        if let row = layout.message {
            frame.fill(row, Style(.accent))
            frame.put(notice.text, row, 1, Style(.accent))
        } else {
            frame.fill(layout.keys, Style(.accent, on: .bar))
            frame.put(notice.text, layout.keys, 1, Style(.accent, on: .bar))
        }
    }

    private func drawTooSmall(into frame: inout Frame) {
        let smallest = Layout.smallest
        let text = "scorable: \(smallest.columns)x\(smallest.rows) needed"
        let row = (frame.size.rows - 1) / 2
        frame.put(text, row, max(0, (frame.size.columns - text.columns) / 2), Style(.quiet))
    }
}
