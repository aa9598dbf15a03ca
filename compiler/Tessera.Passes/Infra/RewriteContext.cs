using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>What a rule may do: emit ops in place of the one it looks at, ask about sizes and users, and say why it declines.</summary>
public sealed class RewriteContext
{
    private readonly PassContext _pass;
    private readonly RewriteUses _uses;
    private readonly Dictionary<(Type Kind, Value Of), (object? Read, RewriteGround Ground)> _read = [];
    private readonly HashSet<Value> _relied = [];
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);
    private bool _whereFinite;
    private bool _whereOrdered;

    internal RewriteContext(GraphBuilder builder, PassContext pass, RewriteUses uses, WeightContents weights)
    {
        Weights = weights;
        Builder = builder;
        _pass = pass;
        _uses = uses;
    }

    /// <summary>The builder of the graph; its place is that of the op being replaced.</summary>
    public GraphBuilder Builder { get; }

    public DimFacts Facts => Builder.Facts;

    /// <summary>What the bytes of weights say.</summary>
    public WeightContents Weights { get; }

    internal string Rule { get; set; } = "";

    /// <summary>Emits an op that stands where the replaced one stood.</summary>
    public Value Emit(Op op) => Builder.Emit(op);

    public IReadOnlyList<Value> EmitAll(Op op) => Builder.EmitAll(op);

    /// <summary>Emits the same op written otherwise: sizes that only run time knows keep the names they have in <paramref name="was"/>.</summary>
    public IReadOnlyList<Value> EmitAs(Op op, Op was) => Builder.EmitAs(op, [.. was.Outputs.Select(static v => v.Type)]);

    /// <summary>
    /// Whether one op uses the value once and it is no output. False also for values within what a rule has put in the place of
    /// others since the last sweep: a rule that depends on it is tried again in the next.
    /// </summary>
    public bool HasSingleUse(Value value) => _uses.HasSingleUse(value);

    /// <summary>
    /// Says that the law depends on how a value comes about (on indices being those of a top-k, say): when the site is replayed, the
    /// value is made so again.
    /// </summary>
    public void RelyOn(Value value) => _relied.Add(value);

    /// <summary>Says that the rule relies on what another one did, whose work it makes part of its own.</summary>
    public void RelyOn(RewriteGround ground)
    {
        ArgumentNullException.ThrowIfNull(ground);
        _relied.UnionWith(ground.Made);
        _paths.UnionWith(ground.Weights);
        _whereFinite |= ground.WhereFinite;
        _whereOrdered |= ground.WhereOrdered;
    }

    /// <summary>
    /// Says that the law holds only where the original gives finite numbers: where it does not, that may come from values which the
    /// replacement leaves out.
    /// </summary>
    public void HoldsWhereFinite() => _whereFinite = true;

    /// <summary>Says that the law holds where what is put in order has an order: ONNX does not say where NaN stands among numbers.</summary>
    public void HoldsWhereOrdered() => _whereOrdered = true;

    /// <summary>What is read from a value, once in a sweep: a rule that looks at a chain from each of its links reads every link once.</summary>
    /// <typeparam name="T">Tells apart what different rules read from the same value.</typeparam>
    internal T? Once<T>(Value value, Func<Value, T?> read)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!_read.TryGetValue((typeof(T), value), out (object? Read, RewriteGround Ground) found))
        {
            RewriteGround before = TakeGround();
            found = (read(value), TakeGround());
            _read.Add((typeof(T), value), found);
            RelyOn(before);
        }

        RelyOn(found.Ground);
        return (T?)found.Read;
    }

    /// <summary>What the rule relied on since the last call.</summary>
    internal RewriteGround TakeGround()
    {
        _paths.UnionWith(Weights.TakeAsked());
        if (_paths.Count == 0 && _relied.Count == 0 && !_whereFinite && !_whereOrdered)
        {
            return RewriteGround.None;
        }

        RewriteGround ground = new() { Weights = [.. _paths], Made = [.. _relied], WhereFinite = _whereFinite, WhereOrdered = _whereOrdered };
        _paths.Clear();
        _relied.Clear();
        (_whereFinite, _whereOrdered) = (false, false);
        return ground;
    }

    /// <summary>Declines, and says which precondition failed.</summary>
    /// <returns>Null, so that a rule can return it.</returns>
    public Value? Reject(Op op, string reason)
    {
        _pass.Reject(Rule, op, reason);
        return null;
    }

    /// <summary>Whether both sizes are proved equal.</summary>
    public bool Equal(Dim a, Dim b) => Facts.Equal(a, b) == Proof.Proved;

    /// <summary>Whether both shapes are proved equal, axis by axis.</summary>
    public bool Equal(Shape a, Shape b) => a.Rank == b.Rank && a.Zip(b).All(p => Equal(p.First, p.Second));
}
