using System.Buffers.Binary;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// The bytes of a model without the raw data of its tensors, for the parser, which would copy them: each becomes its number,
/// and after parsing the mapped bytes themselves. Fields are counted on the way, before anything is made of them.
/// </summary>
internal sealed class RawDataCut(ReadOnlyMemory<byte> file, int deepest, ReadLimits limits)
{
    /// <summary>Smaller data is copied: a page each is not worth keeping the file open.</summary>
    private const int SmallestMapped = 64 << 10;

    /// <summary>A length of 31 bits written with as many bytes as the largest takes, so that it can be put in afterwards.</summary>
    private const int LengthBytes = 5;

    private enum Kind
    {
        Other,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        Sparse,
        Function,
        Training,
    }

    private const int RawData = 9;

    private readonly List<(int Start, int Length)> _slices = [];
    private byte[] _bytes = new byte[Math.Min(file.Length, 1 << 20) + 64];
    private int _length;
    private long _fields;
    private long _parts;

    /// <summary>Whether a tensor's data is the file's own.</summary>
    public bool IsMapped { get; private set; }

    /// <exception cref="InvalidDataException">The bytes are no protobuf message.</exception>
    /// <exception cref="TesseraException">TSR0830: too many fields.</exception>
    public MemoryStream Run()
    {
        Copy(file.Span, Kind.Model, 0, 0);
        return new MemoryStream(_bytes, 0, _length, writable: false);
    }

    /// <summary>Gives the tensors of the parsed model their data.</summary>
    public void Restore(ModelProto model)
    {
        if (model.Graph is { } graph)
        {
            Restore(graph);
        }

        foreach (GraphProto? training in model.TrainingInfo.SelectMany(static t => new[] { t.Initialization, t.Algorithm }))
        {
            if (training is not null)
            {
                Restore(training);
            }
        }

        foreach (FunctionProto function in model.Functions)
        {
            Restore(function.Node);
            Restore(function.AttributeProto);
        }
    }

    private static Kind KindOf(Kind message, uint field) => (message, field) switch
    {
        (Kind.Model, 7) or (Kind.Attribute, 6 or 11) or (Kind.Training, 1 or 2) => Kind.Graph,
        (Kind.Model, 25) => Kind.Function,
        (Kind.Model, 20) => Kind.Training,
        (Kind.Graph, 1) or (Kind.Function, 7) => Kind.Node,
        (Kind.Graph, 5) or (Kind.Attribute, 5 or 10) or (Kind.Sparse, 1 or 2) => Kind.Tensor,
        (Kind.Graph, 15) or (Kind.Attribute, 22 or 23) => Kind.Sparse,
        (Kind.Node, 5) or (Kind.Function, 11) => Kind.Attribute,
        _ => Kind.Other,
    };

    private void Copy(ReadOnlySpan<byte> message, Kind kind, int start, int depth)
    {
        if (depth > deepest)
        {
            throw new InvalidDataException($"messages nest deeper than {deepest}.");
        }

        int at = 0;
        int copied = 0;
        while (at < message.Length)
        {
            ulong tag = Number(message, ref at);
            int afterTag = at;
            if (!Skip(message, tag, ref at, out int length))
            {
                continue;
            }

            uint field = (uint)(tag >> 3);
            Kind inner = KindOf(kind, field);
            bool isRaw = kind == Kind.Tensor && field == RawData && length > 0;
            Count(inner);
            if (inner == Kind.Other && !isRaw)
            {
                continue;
            }

            Write(message[copied..afterTag]);
            copied = at;
            int from = at - length;
            if (isRaw)
            {
                Slice(start + from, length);
            }
            else
            {
                int place = Reserve(LengthBytes);
                Copy(message.Slice(from, length), inner, start + from, depth + 1);
                WriteLength(place, _length - place - LengthBytes);
            }
        }

        Write(message[copied..]);
    }

    // Moves over a field's value; true where it has a length.
    private static bool Skip(ReadOnlySpan<byte> message, ulong tag, ref int at, out int length)
    {
        length = 0;
        switch (tag & 7)
        {
            case 0:
                Number(message, ref at);
                return false;
            case 1 or 5:
                length = (tag & 7) == 1 ? sizeof(ulong) : sizeof(uint);
                at = at + length <= message.Length ? at + length : throw Cut();
                return false;
            case 2:
                ulong given = Number(message, ref at);
                length = given <= (ulong)(message.Length - at) ? (int)given : throw Cut();
                at += length;
                return true;
            default:
                throw new InvalidDataException("a field is of a kind that ONNX has not.");
        }
    }

    private static ulong Number(ReadOnlySpan<byte> message, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = at < message.Length ? message[at++] : throw Cut();
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return number;
            }
        }

        throw new InvalidDataException("a number has more than 64 bits.");
    }

    private static InvalidDataException Cut() => new("it ends within a field.");

    private void Count(Kind kind)
    {
        _parts += kind is Kind.Other or Kind.Attribute ? 0 : 1;
        if (++_fields > limits.MaxFields || _parts > limits.MaxNodes)
        {
            throw new TesseraException("TSR0830", "", $"the model has more than {limits.MaxNodes} nodes and tensors, or more than {limits.MaxFields} names and other fields.", "Raise the limit of nodes if the file is trusted.");
        }
    }

    private void Slice(int start, int length)
    {
        Write([sizeof(int)]);
        int place = Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(place), _slices.Count);
        _slices.Add((start, length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        // Making room may move the bytes written so far.
        int place = Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(place));
    }

    private int Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)_length + count)));
        }

        _length += count;
        return _length - count;
    }

    private void WriteLength(int place, int length)
    {
        for (int i = 0; i < LengthBytes; i++)
        {
            _bytes[place + i] = (byte)((length >> (7 * i) & 0x7F) | (i < LengthBytes - 1 ? 0x80 : 0));
        }
    }

    private void Restore(GraphProto graph)
    {
        foreach (TensorProto tensor in graph.Initializer)
        {
            Restore(tensor);
        }

        foreach (SparseTensorProto sparse in graph.SparseInitializer)
        {
            Restore(sparse);
        }

        Restore(graph.Node);
    }

    private void Restore(IEnumerable<NodeProto> nodes)
    {
        foreach (NodeProto node in nodes)
        {
            Restore(node.Attribute);
        }
    }

    private void Restore(IEnumerable<AttributeProto> attributes)
    {
        foreach (AttributeProto attribute in attributes)
        {
            Restore(attribute.T);
            Restore(attribute.SparseTensor);
            foreach (TensorProto tensor in attribute.Tensors)
            {
                Restore(tensor);
            }

            foreach (SparseTensorProto sparse in attribute.SparseTensors)
            {
                Restore(sparse);
            }

            foreach (GraphProto graph in attribute.G is { } one ? attribute.Graphs.Prepend(one) : attribute.Graphs)
            {
                Restore(graph);
            }
        }
    }

    private void Restore(SparseTensorProto? sparse)
    {
        Restore(sparse?.Values);
        Restore(sparse?.Indices);
    }

    private void Restore(TensorProto? tensor)
    {
        if (tensor is { RawData.Length: > 0 })
        {
            (int start, int length) = _slices[BinaryPrimitives.ReadInt32LittleEndian(tensor.RawData.Span)];
            IsMapped |= length >= SmallestMapped;
            ReadOnlyMemory<byte> bytes = file.Slice(start, length);
            tensor.RawData = length >= SmallestMapped ? UnsafeByteOperations.UnsafeWrap(bytes) : ByteString.CopyFrom(bytes.Span);
        }
    }
}
