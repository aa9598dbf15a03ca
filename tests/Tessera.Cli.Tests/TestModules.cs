using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Cli.Tests;

/// <summary>A small model over tokens, with a SiLU in two parts to rewrite; the tool compiles it from this very assembly.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class Encoder(int dim)
{
    public int Dim { get; } = dim;

    public TransformerBlock Block { get; } = new(dim, 2, 2 * dim);

    public RmsNorm Norm { get; } = new(dim);

    public Encoder()
        : this(8)
    {
    }

    [Preset("wide")]
    public static Encoder Wide() => new(16);

    public (Tensor Tokens, Tensor Mean) Forward([Input("f32[n, {Dim}]")] Tensor x)
    {
        Tensor y = x.Apply(Block).Apply(Norm);
        y *= Functional.Sigmoid(y);
        return (y, Functional.Mean(y, axes: 0));
    }
}

/// <summary>Its second layer takes a width that the first does not give.</summary>
[Module]
public sealed partial class Misfit
{
    public Linear First { get; } = new(4, 6);

    public Linear Second { get; } = new(5, 3);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor y = x.Apply(First);
        return y.Apply(Second);
    }
}

/// <summary>Its second output is of whole numbers, which it does not say.</summary>
[Module]
public sealed partial class Undeclared
{
    public Linear First { get; } = new(4, 6);

    public (Tensor Scores, Tensor Best) Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor scores = x.Apply(First);
        return (scores, scores.To(DType.I64));
    }
}

/// <summary>The same, and it says so.</summary>
[Module]
public sealed partial class Declared
{
    public Linear First { get; } = new(4, 6);

    [return: Output("i64[n, 6]", "Best")]
    public (Tensor Scores, Tensor Best) Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor scores = x.Apply(First);
        return (scores, scores.To(DType.I64));
    }
}

/// <summary>Its constructor refuses.</summary>
[Module]
public sealed partial class Refusing
{
    public Refusing() => throw new InvalidOperationException("no such model today");

    public Linear First { get; } = new(4, 6);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x) => x.Apply(First);
}

/// <summary>Its Forward throws what is no error of the compiler's.</summary>
[Module]
public sealed partial class Throwing
{
    public Linear First { get; } = new(4, 6);

    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        int[] widths = [];
        return x * widths[(int)x.Shape[1].ConstValue!.Value];
    }
}

/// <summary>A size of its signature throws.</summary>
[Module]
public sealed partial class BadSignature
{
    public int Width => throw new InvalidOperationException("no width yet");

    public Linear First { get; } = new(4, 6);

    public Tensor Forward([Input("f32[n, {Width}]")] Tensor x) => x.Apply(First);
}

/// <summary>Takes a while to write: a gigabyte of weights.</summary>
[Module]
public sealed partial class Heavy
{
    public Linear First { get; } = new(16, 8 << 20);

    public Linear Second { get; } = new(8 << 20, 16);

    public Tensor Forward([Input("f32[n, 16]")] Tensor x) => x.Apply(First).Apply(Second);
}
