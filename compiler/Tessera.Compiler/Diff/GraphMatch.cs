using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Diff;

/// <summary>
/// Finds counterparts in two graphs: first ops that compute the same; then, down from the results, ops of one kind in one
/// place; then, up from there, ops of one kind over counterparts. What is left stands in one graph only.
/// </summary>
internal sealed class GraphMatch
{
    private const int MostRounds = 16;

    private readonly GraphStructure _a;
    private readonly GraphStructure _b;
    private readonly DifferenceBuilder _found;
    private readonly Dictionary<Op, Op> _partner = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Op> _taken = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(Op, Op)> _leaves = [];

    private GraphMatch(GraphStructure a, GraphStructure b, DifferenceBuilder found) => (_a, _b, _found) = (a, b, found);

    /// <summary>Notes what differs between two graphs whose inputs, pair by pair, are the given ones.</summary>
    public static void Run(GraphStructure a, GraphStructure b, IEnumerable<(Value First, Value Second)> inputs, IReadOnlyList<(Value First, Value Second)> results, DifferenceBuilder found)
    {
        GraphMatch match = new(a, b, found);
        foreach ((Value first, Value second) in inputs)
        {
            match.Pair(first.Producer, second.Producer);
        }

        match.PairEqual();
        for (int round = 0, before = -1; round < MostRounds && match._partner.Count > before; round++)
        {
            before = match._partner.Count;
            match.PairDown(results);
            match.PairUp();
        }

        match.Tell(results);
    }

    private void Pair(Op a, Op b)
    {
        _partner.Add(a, b);
        _taken.Add(b);
    }

    // Ops with a number of their own (random, carried) may look alike: they pair in order.
    private void PairEqual()
    {
        Dictionary<int, Queue<Op>> byNumber = [];
        foreach (Op op in _b.Ops.Where(op => !_taken.Contains(op)))
        {
            if (!byNumber.TryGetValue(_b[op], out Queue<Op>? queue))
            {
                byNumber.Add(_b[op], queue = new());
            }

            queue.Enqueue(op);
        }

        foreach (Op op in _a.Ops.Where(op => !_partner.ContainsKey(op)))
        {
            if (byNumber.TryGetValue(_a[op], out Queue<Op>? queue) && queue.TryDequeue(out Op? same))
            {
                Pair(op, same);
            }
        }
    }

    private void PairDown(IEnumerable<(Value First, Value Second)> results)
    {
        Stack<(Value A, Value B)> left = new(results.Concat(_partner.Where(p => !AreEqual(p.Key, p.Value)).SelectMany(p => Operands(p.Key, p.Value))));
        while (left.TryPop(out (Value A, Value B) pair))
        {
            (Op a, Op b) = (pair.A.Producer, pair.B.Producer);
            if (LeafContent.IsLeaf(a) && LeafContent.IsLeaf(b))
            {
                _leaves.Add((a, b));
            }
            else if (pair.A.Index == pair.B.Index && AreAlike(a, b) && !_partner.ContainsKey(a) && !_taken.Contains(b))
            {
                Pair(a, b);
                foreach ((Value, Value) operands in Operands(a, b))
                {
                    left.Push(operands);
                }
            }
        }
    }

    private void PairUp()
    {
        Dictionary<Op, int> numbers = _b.Ops.Select(static (op, i) => (op, i)).ToDictionary(static p => p.op, static p => p.i, (IEqualityComparer<Op>)ReferenceEqualityComparer.Instance);
        Dictionary<string, Op> free = new(StringComparer.Ordinal);
        foreach (Op op in _b.Ops.Where(op => op.Operands.Any(IsMade) && !_taken.Contains(op)))
        {
            free.TryAdd(Signature(op, numbers.GetValueOrDefault), op);
        }

        foreach (Op op in _a.Ops.Where(op => op.Operands.Any(IsMade) && !_partner.ContainsKey(op)))
        {
            if (op.Operands.All(v => v is null || !IsMade(v) || _partner.ContainsKey(v.Producer))
                && free.Remove(Signature(op, made => numbers[_partner[made]]), out Op? other)
                && !_taken.Contains(other))
            {
                Pair(op, other);
            }
        }
    }

    private static bool IsMade(Value? value) => value is not null && !LeafContent.IsLeaf(value.Producer);

    private static string Signature(Op op, Func<Op, int> number) =>
        $"{Kind(op)}({string.Join(", ", op.Operands.Select(v => v is null ? "_" : IsMade(v) ? $"{number(v.Producer)}.{v.Index}" : "w"))})";

    private static string Kind(Op op) => op is Opaque carried ? $"{carried.Domain}:{carried.OpType}" : op.Schema.Name;

    private static bool AreAlike(Op a, Op b) => Kind(a) == Kind(b) && a is not Input && a.OutputCount == b.OutputCount;

    private bool AreEqual(Op a, Op b) => _a[a] == _b[b];

    // Operands by place; those of a commutative op the other way round where that fits and this does not.
    private IEnumerable<(Value, Value)> Operands(Op a, Op b)
    {
        int count = Math.Min(a.Operands.Length, b.Operands.Length);
        bool crossed = count == 2 && (a.Traits & OpTraits.Commutative) != 0 && !Fits(0, 0) && !Fits(1, 1) && (Fits(0, 1) || Fits(1, 0));
        return Enumerable.Range(0, count)
            .Select(i => (A: a.Operands[i], B: b.Operands[crossed ? 1 - i : i]))
            .Where(static p => p.A is not null && p.B is not null)
            .Select(static p => (p.A!, p.B!));

        bool Fits(int i, int j) => a.Operands[i] is { } x && b.Operands[j] is { } y && AreMatched(x, y);
    }

    private bool AreMatched(Value a, Value b) => a.Index == b.Index
        && (AreEqual(a.Producer, b.Producer) || (_partner.TryGetValue(a.Producer, out Op? partner) && ReferenceEquals(partner, b.Producer)) || _leaves.Contains((a.Producer, b.Producer)));

    private void Tell(IReadOnlyList<(Value First, Value Second)> results)
    {
        HashSet<Op> usedA = new(_leaves.Select(static p => p.Item1), ReferenceEqualityComparer.Instance);
        HashSet<Op> usedB = new(_leaves.Select(static p => p.Item2), ReferenceEqualityComparer.Instance);
        foreach (Op op in _a.Ops.Where(op => op is not Input && !_partner.ContainsKey(op) && !usedA.Contains(op)))
        {
            _found.OnlyFirst(op);
        }

        foreach (Op op in _b.Ops.Where(op => op is not Input && !_taken.Contains(op) && !usedB.Contains(op)))
        {
            _found.OnlySecond(op);
        }

        foreach (Op op in _a.Ops.Where(op => !LeafContent.IsLeaf(op) && op is not Input && _partner.ContainsKey(op)))
        {
            _found.SameOps++;
            if (!AreEqual(op, _partner[op]))
            {
                TellPair(op, _partner[op]);
            }
        }

        for (int i = 0; i < results.Count; i++)
        {
            TellOperand($"result {i}", results[i].First, results[i].Second);
        }
    }

    private void TellPair(Op a, Op b)
    {
        Dictionary<string, string> second = _b.Attributes(b).ToDictionary(static p => p.Name, static p => p.Text, StringComparer.Ordinal);
        foreach ((string name, string text) in _a.Attributes(a))
        {
            if (!second.Remove(name, out string? other) || other != text)
            {
                TellAttribute(a, b, name, text, other);
            }
        }

        foreach ((string name, string text) in second)
        {
            TellAttribute(a, b, name, null, text);
        }

        foreach ((Value x, Value y) in Operands(a, b))
        {
            TellOperand($"operand of {a.Schema.Name} {Explain.Place.Of(a)}", x, y);
        }

        int count = Math.Min(a.Operands.Length, b.Operands.Length);
        if (a.Operands.Length != b.Operands.Length || Enumerable.Range(0, count).Any(i => a.Operands[i] is null != b.Operands[i] is null))
        {
            TellAttribute(a, b, "operands", Given(a), Given(b));
        }
    }

    private static string Given(Op op) => $"{op.Operands.Count(static v => v is not null)} of {op.Operands.Length}";

    private void TellAttribute(Op a, Op b, string name, string? first, string? second)
    {
        AttributeSpec spec = a.Schema.Attributes.FirstOrDefault(s => s.Name == name)!;
        if (spec?.Get(a) is Region x && spec.Get(b) is Region y)
        {
            GraphMatch.Run(_a.Inside(x), _b.Inside(y), [.. x.Parameters.Zip(y.Parameters)], [.. x.Results.Zip(y.Results)], _found);
            if (x.Results.Count == y.Results.Count && x.Parameters.Count == y.Parameters.Count)
            {
                return;
            }

            (first, second) = ($"{x.Parameters.Count} inputs, {x.Results.Count} results", $"{y.Parameters.Count} inputs, {y.Results.Count} results");
        }

        string Default() => spec?.Default is { } value ? Ir.Text.Printer.PrintAttribute(value) : "(none)";
        _found.Attribute(a, b, name, first ?? Default(), second ?? Default());
    }

    private void TellOperand(string what, Value a, Value b)
    {
        if (a.Index == b.Index && AreEqual(a.Producer, b.Producer))
        {
            return;
        }

        if (LeafContent.IsLeaf(a.Producer) && LeafContent.IsLeaf(b.Producer))
        {
            _found.Weight(a.Producer, b.Producer, () => LeafContent.Compare(a.Producer, _a.Weights, b.Producer, _b.Weights));
        }
        else if (!AreMatched(a, b) && IsKnown(a.Producer, _partner.ContainsKey(a.Producer)) && IsKnown(b.Producer, _taken.Contains(b.Producer)))
        {
            // Where one of them stands in one graph only, that has been told.
            _found.Wiring(what, a.Producer, b.Producer);
        }
    }

    private static bool IsKnown(Op op, bool isPaired) => isPaired || op is Input || LeafContent.IsLeaf(op);
}
