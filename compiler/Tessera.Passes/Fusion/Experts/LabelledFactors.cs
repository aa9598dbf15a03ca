using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// A value as a product of others, each along some of its axes: every axis has a letter, an axis of size 1 that is repeated has none. One
/// axis may be summed over in between; it gets a letter then.
/// </summary>
internal sealed class LabelledFactors(char summed, RewriteContext context)
{
    /// <summary>What an axis is called that has no letter.</summary>
    public const char None = '-';

    private const int MostFactors = 32;
    private const int MostSteps = 256;
    private readonly List<(Value Value, string Labels)> _factors = [];
    private bool _sums;
    private int _steps;

    /// <summary>The factors of a value whose axes are labelled; null where there are too many.</summary>
    public static IReadOnlyList<(Value Value, string Labels)>? Of(Value value, string labels, char summed, RewriteContext context)
    {
        LabelledFactors found = new(summed, context) { _sums = labels.Contains(summed, StringComparison.Ordinal) };
        return found.Take(value, labels) ? found._factors : null;
    }

    private bool Take(Value value, string labels) => _factors.Count < MostFactors && ++_steps < MostSteps && value.Op switch
    {
        Mul { A: var a, B: var b } => Take(a, Broadcast(a, value, labels)) && Take(b, Broadcast(b, value, labels)),
        And { A: var a, B: var b } => Take(a, Broadcast(a, value, labels)) && Take(b, Broadcast(b, value, labels)),
        Cast { X: var x } cast when x.DType == DType.Bool || Numbers.Widens(cast) || (x.DType.IsInteger() && cast.To is DType.I64 or DType.I32 or DType.F32 or DType.F64) => Take(x, labels),
        Expand { X: var x } => Take(x, Broadcast(x, value, labels)),
        Transpose t => Take(t.X, string.Concat(Enumerable.Range(0, labels.Length).Select(a => labels[t.Perm.ToList().IndexOf(a)]))),
        Reshape { X: var x } when Moved(x.Shape, value.Shape, labels) is { } before => Take(x, before),
        ReduceSum { X: var x, Axes: [var axis] } sum when !_sums => Sum(x, (int)(axis < 0 ? axis + x.Rank : axis), sum.KeepDims, labels),
        Einsum { Inputs: var operands } einsum when EinsumEquation.Of(einsum.Equation, [.. operands.Select(static v => v.Rank)]) is { Summed: "" } equation
            && equation.Operands.All(static o => o.Distinct().Count() == o.Length)
            => operands.Zip(equation.Operands).All(p => Take(p.First, string.Concat(p.Second.Select(c => p.First.Shape[p.Second.IndexOf(c)] == Dim.One ? None : labels[equation.Result.IndexOf(c)])))),
        _ => Add(value, labels),
    };

    private bool Add(Value value, string labels)
    {
        _factors.Add((value, labels));
        return true;
    }

    // What nothing depends on is no sum but a number of times the same.
    private bool Sum(Value x, int axis, bool keeps, string labels)
    {
        _sums = true;
        int before = _factors.Count;
        return Take(x, keeps ? labels[..axis] + summed + labels[(axis + 1)..] : labels.Insert(axis, summed.ToString()))
            && (x.Shape[axis] == Dim.One || _factors.Skip(before).Any(f => f.Labels.Contains(summed, StringComparison.Ordinal)));
    }

    // Labels of an operand that is broadcast.
    private static string Broadcast(Value operand, Value to, string labels) => string.Concat(labels.Skip(to.Rank - operand.Rank)
        .Select((c, a) => operand.Shape[a] == Dim.One ? None : c));

    // Labels before axes of size 1 were put in or taken out.
    private string? Moved(Shape from, Shape to, string labels)
    {
        (List<char> before, int at) = ([], 0);
        foreach (Dim size in from)
        {
            if (size == Dim.One)
            {
                before.Add(None);
                continue;
            }

            while (at < to.Rank && to[at] == Dim.One)
            {
                at++;
            }

            if (at == to.Rank || !context.Equal(size, to[at]))
            {
                return null;
            }

            before.Add(labels[at++]);
        }

        return to.Skip(at).All(static d => d == Dim.One) ? string.Concat(before) : null;
    }
}
