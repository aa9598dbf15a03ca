namespace Tessera.Runtime;

/// <summary>Checks what a caller brings as an example, as a batch of it alone, before it can disturb others.</summary>
internal sealed class ExampleReader(ModelSession session, ExampleLayout layout, PackedSchedulerOptions options)
{
    /// <returns>The inputs in the order of the layout's, and the tokens of each ragged symbol.</returns>
    public (TensorInput[] Inputs, int[] Lengths) Read(ReadOnlySpan<TensorInput> example)
    {
        var given = example.ToArray();
        if (Array.Find(given, input => input.Name.Length > 0 && !layout.Inputs.Any(place => place.Spec.Name == input.Name)) is { Name.Length: > 0 } unknown)
            throw RuntimeErrors.UnknownInput(unknown.Name, layout.Inputs.Select(place => place.Spec.Name));
        var lengths = layout.Symbols.Select(symbol => Length(symbol, given)).ToArray();
        session.Check([.. given.Select(AsBatch), .. layout.Symbols.Select((symbol, s) => TensorInput.From(ExampleLayout.Offsets(symbol), [0, lengths[s]], 2))]);
        return ([.. layout.Inputs.Select(place => Array.Find(given, input => input.Name == place.Spec.Name).Owned())], lengths);
    }

    private int Length(string symbol, TensorInput[] given)
    {
        foreach (var place in layout.Inputs.Where(place => place.Symbol == symbol))
        {
            var input = Array.Find(given, input => input.Name == place.Spec.Name);
            if (input.Name.Length == 0)
                continue;
            if (input.Dims.IsEmpty)
                throw SchedulerErrors.NoTokens(input.Name);
            return input.Dims[0] <= options.TokenBudget ? (int)input.Dims[0] : throw SchedulerErrors.OverBudget(symbol, input.Dims[0], options.TokenBudget);
        }
        // The check names what is missing.
        return 0;
    }

    // One row an example has no axis of examples yet.
    private TensorInput AsBatch(TensorInput input)
        => layout.Inputs.Any(place => place.Spec.Name == input.Name && place.Symbol is null) ? input.AsRow() : input;
}
