internal import Domain

extension SignedScheme {
    /// What precedes the cryptography: guards, candidates, time.
    func prepare(_ evaluation: inout Evaluation, _ candidates: Candidates) throws(Verification.Refusal) {
        for condition in guards { try condition.check(&evaluation) }
        if place.pick != .keyID {
            try place.read(&evaluation, keyID: nil, into: candidates)
            if candidates.count == 0 { throw .signatureMalformed }
        }
        if let window { try window.check(&evaluation) }
    }

    /// Writes a form; false when a part of it is absent and another form may be the signed one.
    func write<Sink: ByteSink & ~Copyable>(
        _ form: MessageForm, _ evaluation: inout Evaluation, to sink: inout Sink
    ) throws(Verification.Refusal) -> Bool {
        do throws(Verification.Refusal) {
            for segment in form.segments {
                if segment.isDroppable, try !evaluation.hasAllParts(of: segment.template) { continue }
                try evaluation.write(segment.template, to: &sink)
            }
            return true
        } catch {
            guard error == .fieldMissing, forms.count > 1 else { throw error }
            return false
        }
    }

    func proof(_ label: String, form: Int) -> Proof {
        if forms.count == 1, forms[0].label.isEmpty { return Proof(coverage: forms[0].coverage, provenBy: label) }
        let names = [label, forms[form].label].filter { !$0.isEmpty }.joined(separator: "+")
        return Proof(
            coverage: forms[form].coverage, provenBy: forms.count > 1 ? "\(names) form \(form + 1)" : names)
    }
}
