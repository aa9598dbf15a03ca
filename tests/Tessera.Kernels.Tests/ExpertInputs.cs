using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

/// <summary>
/// The inputs of a case: tensors as a node takes them, and the numbers that they stand for in f64, which is what the reference sees.
/// </summary>
internal sealed class ExpertInputs
{
    private readonly ExpertCase _case;
    private readonly TensorElementType _type;
    private readonly List<RawTensor> _tail = [];
    private readonly Dictionary<(int Expert, int Matrix), double[]> _matrices = [];
    private readonly Dictionary<(int Expert, int Matrix), double[]> _biases = [];

    public ExpertInputs(ExpertCase c, TensorElementType type)
    {
        (_case, _type) = (c, type);
        (XBytes, X) = Floats(c.Numbers(2, c.Tokens * c.Width, c.Spread));
        (WeightBytes, Weights) = Floats(c.Numbers(3, c.Tokens * c.Choices, 1));
        for (int e = 0; e < c.Experts; e++)
        {
            for (int m = 0; m < c.Matrices; m++)
                AddMatrix(e, m);
        }
    }

    private ExpertInputs(ExpertInputs other, int token)
    {
        (_case, _type, _tail, _matrices, _biases) = (other._case, other._type, other._tail, other._matrices, other._biases);
        (XBytes, X) = Floats(other.X[(token * _case.Width)..((token + 1) * _case.Width)]);
        (WeightBytes, Weights) = Floats(other.Weights[(token * _case.Choices)..((token + 1) * _case.Choices)]);
    }

    public byte[] XBytes { get; }

    public double[] X { get; }

    public byte[] WeightBytes { get; }

    public double[] Weights { get; }

    public IReadOnlyList<RawTensor> Tail => _tail;

    /// <summary>Those of one token alone.</summary>
    public ExpertInputs Of(int token) => new(this, token);

    public double Matrix(int expert, int matrix, int row, int column) => _matrices[(expert, matrix)][(row * _case.Size(expert, matrix).Columns) + column];

    public double Bias(int expert, int matrix, int column) => _case.Biases ? _biases[(expert, matrix)][column] : 0;

    private void AddMatrix(int e, int m)
    {
        (int rows, int columns) = _case.Size(e, m);
        int stream = 10 + (e * 20) + m;
        if (_case.Codes is null)
        {
            (byte[] bytes, _matrices[(e, m)]) = Floats(_case.Numbers(stream, rows * columns, 1 / Math.Sqrt(rows + 1)));
            Add(e, $"w{m + 1}", _type, bytes, rows, columns);
        }
        else
        {
            AddCodes(e, m, stream, rows, columns);
        }

        if (!_case.Biases)
            return;
        (byte[] bias, _biases[(e, m)]) = Floats(_case.Numbers(stream + 3, columns, 0.3));
        Add(e, $"b{m + 1}", _type, bias, columns);
    }

    private void AddCodes(int e, int m, int stream, int rows, int columns)
    {
        int block = _case.BlockSize > 0 ? _case.BlockSize : Math.Max(rows, 1), blocks = (rows + block - 1) / block;
        int[] shape = _case.BlockSize > 0 ? [blocks, columns] : [columns];
        int count = _case.BlockSize > 0 ? blocks * columns : columns;
        int[] codes = _case.Integers(stream, rows * columns), zeros = _case.ZeroPoints ? _case.Integers(stream + 6, count) : new int[count];
        double largest = _case.Codes is TensorElementType.Int8 or TensorElementType.UInt8 ? 128 : 8;
        (byte[] scaleBytes, double[] scales) = Floats([.. _case.Numbers(stream + 9, count, 0.5).Select(s => (1 + s) / largest / Math.Sqrt(rows + 1))]);
        Add(e, $"w{m + 1}", _case.Codes!.Value, Pack(codes), rows, columns);
        Add(e, $"s{m + 1}", _type, scaleBytes, shape);
        if (_case.ZeroPoints)
            Add(e, $"z{m + 1}", _case.Codes.Value, Pack(zeros), shape);
        _matrices[(e, m)] = [.. codes.Select((q, i) => (q - zeros[(i / columns / block * columns) + (i % columns)]) * scales[(i / columns / block * columns) + (i % columns)])];
    }

    private void Add(int e, string name, TensorElementType type, byte[] bytes, params int[] shape) =>
        _tail.Add(new($"e{e}_{name}", type, [.. shape.Select(static d => (long)d)], bytes));

    private byte[] Pack(int[] codes) => _case.Codes switch
    {
        TensorElementType.Int8 => MemoryMarshal.AsBytes<sbyte>(codes.Select(static q => (sbyte)q).ToArray()).ToArray(),
        TensorElementType.UInt8 => [.. codes.Select(static q => (byte)q)],
        _ => [.. codes.Chunk(2).Select(static pair => (byte)((pair[0] & 15) | ((pair.Length > 1 ? pair[1] & 15 : 0) << 4)))],
    };

    private (byte[] Bytes, double[] Values) Floats(double[] values)
    {
        byte[] bytes = SegmentCase.Encode(values, _type);
        return (bytes, SegmentCase.Decode(bytes, _type));
    }
}
