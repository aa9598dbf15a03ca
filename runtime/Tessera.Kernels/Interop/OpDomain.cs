using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Tessera.Kernels.Interop;

/// <summary>
/// A domain with its ops in native memory, made once and kept for the life of the process: sessions hold raw
/// pointers into it.
/// </summary>
internal sealed unsafe class OpDomain
{
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
}
