using Tessera.Ir;

namespace Tessera.Passes.Unbatching;

/// <summary>What a value of a batched model says of its examples.</summary>
internal enum CarriedKind
{
    /// <summary>It is the same for all examples.</summary>
    Shared,

    /// <summary>Along one axis it has a part for each example, which depends on that example alone.</summary>
    PerExample,

    /// <summary>The number of each example, from 0: of use only to pick an example's own rows.</summary>
    Number,

    /// <summary>Indices whose first column is the number of their example.</summary>
    Numbered,

    /// <summary>It tells how many examples there are.</summary>
    Count,
}

/// <summary>A value of a batched model and what it is for one example.</summary>
/// <param name="Value">The value for one example; null of a count, which no example has.</param>
/// <param name="Kind">What it says of examples.</param>
/// <param name="Axis">Axis of the batched value along which examples lie; −1 where there is none.</param>
/// <param name="Inner">Length of one example's part of that axis; of length 1, the axis is gone.</param>
internal sealed record Carried(Value? Value, CarriedKind Kind, int Axis, Dim Inner)
{
    /// <summary>The same for all examples.</summary>
    public static Carried Shared(Value value) => new(value, CarriedKind.Shared, -1, Dim.One);

    /// <summary>How many examples there are.</summary>
    public static Carried Count { get; } = new(null, CarriedKind.Count, -1, Dim.One);

    /// <summary>Of indices with their example's number in front: the other columns.</summary>
    public Value? Rest { get; init; }

    public bool IsShared => Kind == CarriedKind.Shared;

    /// <summary>Whether the axis is gone from the one-example value.</summary>
    public bool IsDropped => Axis >= 0 && Inner == Dim.One;

    /// <summary>An axis of the batched value, other than the examples', in the one-example value.</summary>
    public int Own(int axis) => IsDropped && axis > Axis ? axis - 1 : axis;
}
