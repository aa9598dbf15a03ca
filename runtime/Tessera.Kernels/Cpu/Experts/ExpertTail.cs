using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>The tensors of a node's variadic tail.</summary>
internal interface IExpertTail
{
    int Count { get; }

    TensorView this[int index] { get; }
}

/// <summary>
/// Reads the tail of a node expert by expert: w1 [, scale [, zero point]] [, b1], w2 …, b2, and w3 …, b3 where there is a third
/// matrix. Checks it, so that nothing after it can read out of bounds.
/// </summary>
internal sealed unsafe class ExpertTail
{
    public required string Place { get; init; }

    public required Gating Gating { get; init; }

    public required int ExpertCount { get; init; }

    public required bool Biases { get; init; }

    public required bool Scaled { get; init; }

    public required bool ZeroPoints { get; init; }

    public required int BlockSize { get; init; }

    /// <summary>Whether x is of f64: weights of f64 have no place beside anything less.</summary>
    public required bool IsDouble { get; init; }

    private int Matrices => Gating == Gating.Separate ? 3 : 2;

    private int PerExpert => Matrices * (1 + (Scaled ? 1 : 0) + (Scaled && ZeroPoints ? 1 : 0) + (Biases ? 1 : 0));

    /// <summary>Fills <paramref name="experts"/> with what refers to the tensors themselves; returns D and D'.</summary>
    public (int Width, int OutputWidth) Read<TTail>(scoped TTail tail, int panel, ExpertWeights* experts)
        where TTail : IExpertTail, allows ref struct
    {
        if (tail.Count != (long)ExpertCount * PerExpert)
            throw new TesseraKernelException($"TSR1316 {Place}: the tail holds {tail.Count} tensors; {ExpertCount} experts of {PerExpert} tensors each need {(long)ExpertCount * PerExpert}.");
        for (int e = 0, i = 0; e < ExpertCount; e++)
            experts[e] = ReadExpert(tail, panel, e, ref i);
        for (int e = 1; e < ExpertCount; e++)
        {
            Equal(e, "w1's rows and those of expert 0", experts[e].Gate.Rows, experts[0].Gate.Rows);
            Equal(e, "w2's columns and those of expert 0", experts[e].Down.Columns, experts[0].Down.Columns);
        }

        return ExpertCount == 0 ? default : (experts[0].Gate.Rows, experts[0].Down.Columns);
    }

    private ExpertWeights ReadExpert<TTail>(scoped TTail tail, int panel, int e, ref int i)
        where TTail : IExpertTail, allows ref struct
    {
        MatrixSource up = Matrix(tail, e, "w1", ref i);
        BiasSource upBias = Bias(tail, e, "b1", up.Columns, ref i);
        MatrixSource down = Matrix(tail, e, "w2", ref i), value = up;
        BiasSource downBias = Bias(tail, e, "b2", down.Columns, ref i), valueBias = upBias;
        if (Gating == Gating.Separate)
        {
            value = Matrix(tail, e, "w3", ref i);
            valueBias = Bias(tail, e, "b3", value.Columns, ref i);
            Equal(e, "w1's and w3's rows", up.Rows, value.Rows);
            Equal(e, "w1's and w3's columns", up.Columns, value.Columns);
        }
        else if (Gating != Gating.None)
        {
            Halve(e, ref up, ref value, ref upBias, ref valueBias);
        }

        Equal(e, "the hidden columns and w2's rows", up.Columns, down.Rows);
        return new()
        {
            Gate = ExpertLayout.Up(up, panel),
            Value = Gating == Gating.None ? default : ExpertLayout.Up(value, panel),
            Down = ExpertLayout.Down(down, panel),
            GateBias = upBias,
            ValueBias = valueBias,
            DownBias = downBias,
        };
    }

    /// <summary>One stored matrix is both: what is activated, and what that gates.</summary>
    private void Halve(int e, ref MatrixSource gate, ref MatrixSource value, ref BiasSource gateBias, ref BiasSource valueBias)
    {
        if (gate.Columns % 2 != 0)
            throw new TesseraKernelException($"TSR1315 {Place}: w1 of expert {e} has {gate.Columns} columns; a gate in it needs an even number.");
        int hidden = gate.Columns / 2, step = Gating == Gating.Interleaved ? 2 : 1, first = Gating == Gating.Interleaved ? 1 : hidden;
        gate.Columns = value.Columns = hidden;
        gate.Step = value.Step = gateBias.Step = valueBias.Step = step;
        value.First = valueBias.First = first;
    }

    private MatrixSource Matrix<TTail>(scoped TTail tail, int e, string name, ref int i)
        where TTail : IExpertTail, allows ref struct
    {
        TensorView tensor = tail[i++];
        if (tensor.Rank != 2)
            throw new TesseraKernelException($"TSR1303 {Place}: {name} of expert {e} is {tensor.ShapeText()}, of rank {tensor.Rank}; expected rank 2.");
        MatrixSource source = new()
        {
            Format = Format(tensor.Type, e, name),
            Data = tensor.Data,
            Rows = checked((int)tensor.Shape[0]),
            Columns = checked((int)tensor.Shape[1]),
            Stride = checked((int)tensor.Shape[1]),
            Step = 1,
            BlockRows = Math.Max(1, checked((int)tensor.Shape[0])),
        };
        if (source.Format.IsQuantised() != Scaled)
            throw new TesseraKernelException($"TSR1317 {Place}: {name} of expert {e} is of type {tensor.Type}; weights are {(Scaled ? "integers" : "floats")} where scaled is {(Scaled ? 1 : 0)}.");
        if (Scaled)
            Quantisation(tail, e, name, ref source, ref i);
        return source;
    }

    private void Quantisation<TTail>(scoped TTail tail, int e, string name, ref MatrixSource source, ref int i)
        where TTail : IExpertTail, allows ref struct
    {
        source.BlockRows = BlockSize > 0 ? BlockSize : source.BlockRows;
        TensorView scale = tail[i++];
        source.ScaleFormat = Format(scale.Type, e, "the scale of " + name);
        if (source.ScaleFormat.IsQuantised())
            throw new TesseraKernelException($"TSR1317 {Place}: the scale of {name} of expert {e} is of type {scale.Type}; scales are floats.");
        SameAsBlocks(scale, e, name, source);
        source.Scale = scale.Data;
        if (!ZeroPoints)
            return;
        TensorView zero = tail[i++];
        if (Format(zero.Type, e, "the zero point of " + name) != source.Format)
            throw new TesseraKernelException($"TSR1317 {Place}: the zero point of {name} of expert {e} is of type {zero.Type}; it is of the weights' own.");
        SameAsBlocks(zero, e, name, source);
        source.Zero = zero.Data;
    }

    /// <summary>[out], or [blocks, out].</summary>
    private void SameAsBlocks(TensorView tensor, int e, string name, in MatrixSource source)
    {
        bool same = BlockSize > 0
            ? tensor.Rank == 2 && tensor.Shape[0] == source.Blocks && tensor.Shape[1] == source.Columns
            : tensor.Rank == 1 && tensor.Shape[0] == source.Columns;
        if (!same)
            throw new TesseraKernelException($"TSR1318 {Place}: a scale or zero point of {name} of expert {e} is {tensor.ShapeText()}; expected {(BlockSize > 0 ? $"[{source.Blocks}, {source.Columns}]" : $"[{source.Columns}]")}.");
    }

    private BiasSource Bias<TTail>(scoped TTail tail, int e, string name, int columns, ref int i)
        where TTail : IExpertTail, allows ref struct
    {
        if (!Biases)
            return new() { Step = 1 };
        TensorView tensor = tail[i++];
        if (tensor.Rank != 1)
            throw new TesseraKernelException($"TSR1303 {Place}: {name} of expert {e} is {tensor.ShapeText()}, of rank {tensor.Rank}; expected rank 1.");
        Equal(e, $"the length of {name} and the columns of its matrix", tensor.Shape[0], columns);
        BiasSource bias = new() { Format = Format(tensor.Type, e, name), Data = tensor.Data, Step = 1 };
        return bias.Format.IsQuantised()
            ? throw new TesseraKernelException($"TSR1317 {Place}: {name} of expert {e} is of type {tensor.Type}; biases are floats.")
            : bias;
    }

    private WeightFormat Format(TensorElementType type, int e, string name)
    {
        // The managed package has no names for four-bit integers.
        const TensorElementType UInt4 = (TensorElementType)21, Int4 = (TensorElementType)22;
        return type switch
        {
            TensorElementType.Float => WeightFormat.F32,
            TensorElementType.Float16 => WeightFormat.F16,
            TensorElementType.BFloat16 => WeightFormat.BF16,
            TensorElementType.Double when IsDouble => WeightFormat.F64,
            TensorElementType.Int8 => WeightFormat.Int8,
            TensorElementType.UInt8 => WeightFormat.UInt8,
            UInt4 => WeightFormat.UInt4,
            Int4 => WeightFormat.Int4,
            _ => throw new TesseraKernelException($"TSR1317 {Place}: {name} of expert {e} is of type {type}; weights are floats, or integers of 8 or 4 bits."),
        };
    }

    private void Equal(int e, string what, long a, long b)
    {
        if (a != b)
            throw new TesseraKernelException($"TSR1304 {Place}: expert {e}: {what} differ: {a} ≠ {b}.");
    }
}
