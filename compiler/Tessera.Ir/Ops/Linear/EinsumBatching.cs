using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The batched forms of <see cref="Einsum"/>: the batch is one more label, in front of the terms of what depends on the example and of
/// the result. Packed tokens are the label of the ragged axis themselves, which may stand but once in the equation's terms of an example.
/// </summary>
internal static class EinsumBatching
{
    public static Batched Batch(BatchContext context, Einsum op)
    {
        EinsumEquation labels = EinsumEquation.Of(op.Equation, [.. op.Inputs.Select(static v => v.Rank)])!;
        Terms terms = Terms.Of(op.Equation);
        char[] ragged = [.. context.Operands.Select((b, i) => b!.Axis >= 0 ? labels.Operands[i][b.Axis] : '\0').Where(static c => c != '\0').Distinct()];
        return context.Mode == BatchMode.Packed && ragged.Length > 0
            ? Packed(context, op, labels, ragged)
            : Stacked(context, terms, labels, ragged);
    }

    // What is summed over padding is filled with 0 in every factor, so that no NaN meets a 0.
    private static Batched Stacked(BatchContext context, Terms terms, EinsumEquation labels, char[] ragged)
    {
        char batch = Unused(labels);
        bool summed = ragged.Any(c => labels.Summed.Contains(c, StringComparison.Ordinal));
        Value[] values = [.. context.Operands.Select(b => summed && b!.Form == BatchForm.Padded ? context.Environment.Fill(b, 0) : b!.Value)];
        string[] own = [.. terms.Operands.Select((t, i) => context.Operands[i]!.Form == BatchForm.Unbatched ? t : $"{batch}{t}")];
        string equation = $"{string.Join(',', own)}->{batch}{terms.Result}";
        return context.Wrap(context.Emit(new Einsum(values.ToEquatableArray()) { Equation = equation }), context.ResultShape());
    }

    private static Batched Packed(BatchContext context, Einsum op, EinsumEquation labels, char[] ragged)
    {
        if (ragged.Length > 1 || labels.Operands.Any(o => o.Count(c => c == ragged[0]) > 1))
        {
            throw context.Mixes($"'{op.Equation}' pairs tokens of an example with each other; write it as an attention");
        }

        char token = ragged[0];
        Dim partition = context.Operands.First(static b => b!.Form == BatchForm.Ragged)!.Partition!;
        if (context.Operands.Where((b, i) => labels.Operands[i].Contains(token, StringComparison.Ordinal) && (b!.Form != BatchForm.Ragged || b.Partition != partition)).Any())
        {
            throw context.Mixes($"in '{op.Equation}' an operand of fixed size, or of other lengths, meets the ragged axis");
        }

        Dictionary<char, char> letters = Letters(labels);
        string Named(string text) => string.Concat(text.Select(c => letters[c]));
        Value[] values = [.. context.Operands.Select(b => b!.Form == BatchForm.Dense ? RaggedIndex.PerToken(context, b.Value, partition) : b.Value)];
        string[] own = [.. context.Operands.Select((b, i) => b!.Form == BatchForm.Unbatched
            ? Named(labels.Operands[i])
            : letters[token] + Named(labels.Operands[i].Replace(token.ToString(), "", StringComparison.Ordinal)))];
        string rest = Named(labels.Result.Replace(token.ToString(), "", StringComparison.Ordinal));
        Value perToken = context.Emit(new Einsum(values.ToEquatableArray()) { Equation = $"{string.Join(',', own)}->{letters[token]}{rest}" });
        return labels.Result.Contains(token, StringComparison.Ordinal)
            ? context.Wrap(perToken, context.ResultShape())
            : context.Wrap(context.Builder.SegmentReduce(perToken, context.Environment.CuSeqlens(partition), SegmentReduction.Sum), context.ResultShape());
    }

    // Axes of an ellipsis get letters too.
    private static Dictionary<char, char> Letters(EinsumEquation labels)
    {
        Dictionary<char, char> letters = [];
        foreach (char c in string.Concat(labels.Operands).Distinct())
        {
            letters[c] = char.IsLetter(c) ? c : Free().First(f => !letters.ContainsValue(f) && !labels.Operands.Any(o => o.Contains(f, StringComparison.Ordinal)));
        }

        return letters;
    }

    private static char Unused(EinsumEquation labels) => Free().First(c => !labels.Operands.Any(o => o.Contains(c, StringComparison.Ordinal)));

    private static IEnumerable<char> Free() => Enumerable.Range(0, 26).Select(static i => (char)('a' + i)).Concat(Enumerable.Range(0, 26).Select(static i => (char)('A' + i)));

    // The terms as they are written, the result spelled out.
    private sealed record Terms(string[] Operands, string Result)
    {
        public static Terms Of(string equation)
        {
            string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
            string letters = sides[0].Replace(".", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
            string ellipsis = sides[0].Contains("...", StringComparison.Ordinal) ? "..." : "";
            return new Terms(sides[0].Split(','), sides.Length == 2 ? sides[1] : ellipsis + string.Concat(letters.Where(c => letters.Count(d => c == d) == 1).Order()));
        }
    }
}
