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
