using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>What is known of a node when its kernel is made: element type, name and attributes.</summary>
internal readonly unsafe ref struct KernelInfo(nint handle, OpVariant variant)
{
    private const int StackBytes = 128;

    public TensorElementType Type => variant.Type;

    /// <summary>Op and node for errors: <c>PackedAttention 'blocks.3.attention'</c>.</summary>
    public string Place
    {
        get
        {
            string node = NodeName();
            return node.Length == 0 ? variant.Op.Name : $"{variant.Op.Name} '{node}'";
        }
    }

    /// <summary>Inputs that the node has, those of a variadic tail one by one.</summary>
    public int InputCount
    {
        get
        {
            nuint count;
            OrtApi.Check(OrtApi.KernelInfoGetInputCount(handle, &count));
            return (int)count;
        }
    }

    /// <summary>
    /// Input <paramref name="index"/> where it is a constant of the model. Its data stay where they are until the session ends,
    /// and the kernel ends before.
    /// </summary>
    public bool TryConstant(int index, out TensorView tensor)
    {
        int constant;
        nint value = 0;
        OrtApi.Check(OrtApi.KernelInfoGetConstantInput(handle, (nuint)index, &constant, &value));
        bool found = constant != 0 && value != 0;
        tensor = found ? TensorView.Of(value) : default;
        return found;
    }

    /// <summary>What allocates the memory that the node's outputs lie in. Whoever asks releases it.</summary>
    public OrtAllocator Allocator()
    {
        const int DefaultMemory = 0;
        nint allocator;
        OrtApi.Check(OrtApi.KernelInfoGetAllocator(handle, DefaultMemory, &allocator));
        return new(allocator);
    }

    public float Float(string name, float fallback)
    {
        byte* buffer = stackalloc byte[StackBytes];
        float value;
        return Found(OrtApi.KernelInfoGetAttributeFloat(handle, Utf8(name, buffer), &value), name) ? value : fallback;
    }

    public long Int(string name, long fallback)
    {
        byte* buffer = stackalloc byte[StackBytes];
        long value;
        return Found(OrtApi.KernelInfoGetAttributeInt64(handle, Utf8(name, buffer), &value), name) ? value : fallback;
    }

    public string String(string name, string fallback)
    {
        byte* buffer = stackalloc byte[StackBytes];
        byte* key = Utf8(name, buffer);
        nuint size = 0;
        if (!Found(OrtApi.KernelInfoGetAttributeString(handle, key, null, &size), name))
            return fallback;
        byte[] text = new byte[size];
        fixed (byte* p = text)
            OrtApi.Check(OrtApi.KernelInfoGetAttributeString(handle, key, p, &size));
        return Encoding.UTF8.GetString(text).TrimEnd((char)0);
    }

    /// <summary>A text that is one of a few, and what it stands for.</summary>
    public T Choice<T>(string name, string fallback, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        string text = String(name, fallback);
        foreach ((string choice, T value) in choices)
        {
            if (choice == text)
                return value;
        }

        string known = string.Join(", ", choices.ToArray().Select(static c => c.Text));
        throw new TesseraKernelException($"TSR1309 {Place}: {name} is '{text}'; it is one of {known}.");
    }

    /// <summary>
    /// ONNX Runtime reports a missing attribute and one of another type by the same code; only the first has a
    /// default, the second is an error that must not pass silently.
    /// </summary>
    private bool Found(nint status, string name)
    {
        if (status == 0)
            return true;
        string message = OrtApi.TakeMessage(status);
        return message.Contains("No attribute", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new TesseraKernelException($"TSR1301 {Place}: attribute '{name}' cannot be read: {message}");
    }

    private string NodeName()
    {
        nuint size = 0;
        OrtApi.Check(OrtApi.KernelInfoGetNodeName(handle, null, &size));
        byte[] text = new byte[size];
        fixed (byte* p = text)
            OrtApi.Check(OrtApi.KernelInfoGetNodeName(handle, p, &size));
        return Encoding.UTF8.GetString(text).TrimEnd((char)0);
    }

    private static byte* Utf8(string name, byte* buffer)
    {
        int count = Encoding.UTF8.GetBytes(name, new Span<byte>(buffer, StackBytes - 1));
        buffer[count] = 0;
        return buffer;
    }
}
