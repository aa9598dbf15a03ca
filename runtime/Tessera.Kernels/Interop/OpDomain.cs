using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Tessera.Kernels.Interop;

/// <summary>
/// A domain with its ops in native memory, made once and kept for the life of the process: sessions hold raw
/// pointers into it.
/// </summary>
internal sealed unsafe class OpDomain
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<string> s_known = [];
    private readonly nint _handle;

    public OpDomain(string name, IEnumerable<CustomOp> ops)
    {
        nint handle;
        OrtApi.Check(OrtApi.CreateCustomOpDomain((byte*)Marshal.StringToCoTaskMemUTF8(name), &handle));
        _handle = handle;
        foreach (CustomOp op in ops)
        {
            foreach (var type in op.Types)
                OrtApi.Check(OrtApi.CustomOpDomainAdd(handle, OpCallbacks.Create(new(op, type))));
        }

        lock (s_lock)
        {
            if (s_known.Add(name))
                Introduce();
        }
    }

    public void AddTo(SessionOptions options)
    {
        bool held = false;
        try
        {
            options.DangerousAddRef(ref held);
            OrtApi.Check(OrtApi.AddCustomOpDomain(options.DangerousGetHandle(), _handle));
        }
        finally
        {
            if (held)
                options.DangerousRelease();
        }
    }

    /// <summary>
    /// ONNX Runtime notes a domain's name when the first session with it is made, and two sessions made at once may both find it missing, of
    /// which one then fails ("the domain is already exist"). So the first one is made here, of a model of one node, while no other can be.
    /// </summary>
    private void Introduce()
    {
        // y = Identity(x), both f32[].
        ReadOnlySpan<byte> model =
        [
            0x08, 8, 0x42, 2, 0x10, 17, 0x3A, 47,
            0x0A, 16, 0x0A, 1, (byte)'x', 0x12, 1, (byte)'y', 0x22, 8, .. "Identity"u8,
            0x12, 1, (byte)'g',
            0x5A, 11, 0x0A, 1, (byte)'x', 0x12, 6, 0x0A, 4, 0x08, 1, 0x12, 0,
            0x62, 11, 0x0A, 1, (byte)'y', 0x12, 6, 0x0A, 4, 0x08, 1, 0x12, 0,
        ];
        using SessionOptions options = new() { IntraOpNumThreads = 1 };
        AddTo(options);
        new InferenceSession(model.ToArray(), options).Dispose();
    }
}
