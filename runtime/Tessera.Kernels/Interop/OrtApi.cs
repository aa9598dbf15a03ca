using System.Runtime.InteropServices;

namespace Tessera.Kernels.Interop;

/// <summary>
/// The functions of ONNX Runtime's C API that the managed package does not bind. The number of each is its
/// position in <c>struct OrtApi</c> of onnxruntime_c_api.h, which never changes once released.
/// </summary>
internal static unsafe partial class OrtApi
{
    /// <summary>The lowest API version that has everything used here (KernelInfo and shape data by reference: 1.24).</summary>
    internal const uint Version = 24;

    private static readonly nint* s_table = Load();

    internal static readonly delegate* unmanaged<int, byte*, nint> CreateStatus =
        (delegate* unmanaged<int, byte*, nint>)s_table[0];

    internal static readonly delegate* unmanaged<nint, byte*> GetErrorMessage =
        (delegate* unmanaged<nint, byte*>)s_table[2];

    internal static readonly delegate* unmanaged<byte*, nint*, nint> CreateCustomOpDomain =
        (delegate* unmanaged<byte*, nint*, nint>)s_table[26];

    internal static readonly delegate* unmanaged<nint, NativeOp*, nint> CustomOpDomainAdd =
        (delegate* unmanaged<nint, NativeOp*, nint>)s_table[27];

    internal static readonly delegate* unmanaged<nint, nint, nint> AddCustomOpDomain =
        (delegate* unmanaged<nint, nint, nint>)s_table[28];

    internal static readonly delegate* unmanaged<nint, void**, nint> GetTensorMutableData =
        (delegate* unmanaged<nint, void**, nint>)s_table[51];

    internal static readonly delegate* unmanaged<nint*, nint> CreateTensorTypeAndShapeInfo =
        (delegate* unmanaged<nint*, nint>)s_table[57];

    internal static readonly delegate* unmanaged<nint, int, nint> SetTensorElementType =
        (delegate* unmanaged<nint, int, nint>)s_table[58];

    internal static readonly delegate* unmanaged<nint, long*, nuint, nint> SetDimensions =
        (delegate* unmanaged<nint, long*, nuint, nint>)s_table[59];

    internal static readonly delegate* unmanaged<nint, int*, nint> GetTensorElementType =
        (delegate* unmanaged<nint, int*, nint>)s_table[60];

    internal static readonly delegate* unmanaged<nint, nuint*, nint> GetDimensionsCount =
        (delegate* unmanaged<nint, nuint*, nint>)s_table[61];

    internal static readonly delegate* unmanaged<nint, long*, nuint, nint> GetDimensions =
        (delegate* unmanaged<nint, long*, nuint, nint>)s_table[62];

    internal static readonly delegate* unmanaged<nint, byte**, nuint, nint> GetSymbolicDimensions =
        (delegate* unmanaged<nint, byte**, nuint, nint>)s_table[63];

    internal static readonly delegate* unmanaged<nint, byte*, float*, nint> KernelInfoGetAttributeFloat =
        (delegate* unmanaged<nint, byte*, float*, nint>)s_table[85];

    internal static readonly delegate* unmanaged<nint, byte*, long*, nint> KernelInfoGetAttributeInt64 =
        (delegate* unmanaged<nint, byte*, long*, nint>)s_table[86];

    internal static readonly delegate* unmanaged<nint, byte*, byte*, nuint*, nint> KernelInfoGetAttributeString =
        (delegate* unmanaged<nint, byte*, byte*, nuint*, nint>)s_table[87];

    internal static readonly delegate* unmanaged<nint, nuint*, nint> KernelContextGetInputCount =
        (delegate* unmanaged<nint, nuint*, nint>)s_table[88];

    internal static readonly delegate* unmanaged<nint, nuint*, nint> KernelContextGetOutputCount =
        (delegate* unmanaged<nint, nuint*, nint>)s_table[89];

    internal static readonly delegate* unmanaged<nint, nuint, nint*, nint> KernelContextGetInput =
        (delegate* unmanaged<nint, nuint, nint*, nint>)s_table[90];

    internal static readonly delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint> KernelContextGetOutput =
        (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)s_table[91];

    internal static readonly delegate* unmanaged<nint, void> ReleaseStatus =
        (delegate* unmanaged<nint, void>)s_table[93];

    internal static readonly delegate* unmanaged<nint, void> ReleaseTensorTypeAndShapeInfo =
        (delegate* unmanaged<nint, void>)s_table[99];

    internal static readonly delegate* unmanaged<nint, void> ReleaseAllocator =
        (delegate* unmanaged<nint, void>)s_table[132];

    internal static readonly delegate* unmanaged<nint, nint*, nint> KernelContextGetGpuComputeStream =
        (delegate* unmanaged<nint, nint*, nint>)s_table[193];

    internal static readonly delegate* unmanaged<nint, nuint*, nint> KernelInfoGetInputCount =
        (delegate* unmanaged<nint, nuint*, nint>)s_table[230];

    internal static readonly delegate* unmanaged<nint, byte*, nuint*, nint> KernelInfoGetNodeName =
        (delegate* unmanaged<nint, byte*, nuint*, nint>)s_table[244];

    internal static readonly delegate* unmanaged<nint, nuint, int*, nint*, nint> KernelInfoGetConstantInput =
        (delegate* unmanaged<nint, nuint, int*, nint*, nint>)s_table[249];

    internal static readonly delegate* unmanaged<nint, nuint*, nint> ShapeInferGetInputCount =
        (delegate* unmanaged<nint, nuint*, nint>)s_table[267];

    internal static readonly delegate* unmanaged<nint, nuint, nint*, nint> ShapeInferGetInputTypeShape =
        (delegate* unmanaged<nint, nuint, nint*, nint>)s_table[268];

    internal static readonly delegate* unmanaged<nint, byte*, nint*, nint> ShapeInferGetAttribute =
        (delegate* unmanaged<nint, byte*, nint*, nint>)s_table[269];

    internal static readonly delegate* unmanaged<nint, nuint, nint, nint> ShapeInferSetOutputTypeShape =
        (delegate* unmanaged<nint, nuint, nint, nint>)s_table[270];

    internal static readonly delegate* unmanaged<nint, byte**, nuint, nint> SetSymbolicDimensions =
        (delegate* unmanaged<nint, byte**, nuint, nint>)s_table[271];

    internal static readonly delegate* unmanaged<nint, int, void*, nuint, nuint*, nint> ReadOpAttribute =
        (delegate* unmanaged<nint, int, void*, nuint, nuint*, nint>)s_table[272];

    internal static readonly delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint> KernelContextParallelFor =
        (delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)s_table[274];

    internal static readonly delegate* unmanaged<nint, nint, nuint, void**, nint> KernelContextGetScratchBuffer =
        (delegate* unmanaged<nint, nint, nuint, void**, nint>)s_table[277];

    internal static readonly delegate* unmanaged<nint, int, nint*, nint> KernelInfoGetAllocator =
        (delegate* unmanaged<nint, int, nint*, nint>)s_table[278];

    internal static readonly delegate* unmanaged<nint, int*, long**, nuint*, nint> GetTensorElementTypeAndShape =
        (delegate* unmanaged<nint, int*, long**, nuint*, nint>)s_table[414];

    /// <summary>The function at a position of the table.</summary>
    internal static nint Function(int position) => s_table[position];

    /// <summary>Releases a failed status and throws its message.</summary>
    internal static void Check(nint status)
    {
        if (status != 0)
            throw new TesseraKernelException($"TSR1300 ONNX Runtime refused a call: {TakeMessage(status)}");
    }

    /// <summary>The message of a status, which is released.</summary>
    internal static string TakeMessage(nint status)
    {
        string message = Marshal.PtrToStringUTF8((nint)GetErrorMessage(status)) ?? "";
        ReleaseStatus(status);
        return message;
    }

    /// <summary>Turns an exception into a status; the caller of the callback releases it.</summary>
    internal static nint ToStatus(Exception error)
    {
        const int Fail = 1;
        nint text = Marshal.StringToCoTaskMemUTF8(error is TesseraKernelException ? error.Message : error.ToString());
        nint status = CreateStatus(Fail, (byte*)text);
        Marshal.FreeCoTaskMem(text);
        return status;
    }

    private static nint* Load()
    {
        ApiBase* entry = OrtGetApiBase();
        nint* table = entry->GetApi(Version);
        if (table is null)
        {
            string found = Marshal.PtrToStringUTF8((nint)entry->GetVersionString()) ?? "unknown";
            throw new TesseraKernelException(
                $"TSR1314 The native ONNX Runtime is {found}; Tessera's kernels need API version {Version} (1.{Version} or newer).");
        }

        return table;
    }

    [LibraryImport("onnxruntime")]
    private static partial ApiBase* OrtGetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public delegate* unmanaged<uint, nint*> GetApi;
        public delegate* unmanaged<byte*> GetVersionString;
    }
}
