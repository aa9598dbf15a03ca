using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Tessera.Kernels.Interop;

/// <summary>The native side of <see cref="CustomOp"/> and <see cref="OpKernel"/>: what ONNX Runtime calls.</summary>
internal static unsafe class OpCallbacks
{
    // OrtMemTypeCPUInput and OrtMemTypeDefault.
    private const int HostMemory = -2, DeviceMemory = 0;

    /// <summary>Fills a native op for <paramref name="variant"/>. It is never freed.</summary>
    internal static NativeOp* Create(OpVariant variant)
    {
        NativeOp* op = (NativeOp*)NativeMemory.AllocZeroed((nuint)sizeof(NativeOp));
        op->Version = OrtApi.Version;
        op->Variant = GCHandle.ToIntPtr(GCHandle.Alloc(variant));
        op->Name = (byte*)Marshal.StringToCoTaskMemUTF8(variant.Op.Name);
        op->Provider = (byte*)Marshal.StringToCoTaskMemUTF8(variant.Op.Provider);
        op->GetName = &Name;
        op->GetExecutionProviderType = &Provider;
        op->GetInputType = &InputType;
        op->GetInputTypeCount = &InputCount;
        op->GetOutputType = &OutputType;
        op->GetOutputTypeCount = &OutputCount;
        op->KernelDestroy = &Destroy;
        op->GetInputCharacteristic = &InputKind;
        op->GetOutputCharacteristic = &OutputKind;
        op->GetInputMemoryType = &MemoryType;
        op->GetVariadicInputMinArity = &MinArity;
        op->GetVariadicInputHomogeneity = &Homogeneous;
        op->GetVariadicOutputMinArity = &MinArity;
        op->GetVariadicOutputHomogeneity = &Homogeneous;
        op->CreateKernelV2 = &CreateKernel;
        op->KernelComputeV2 = &Compute;
        op->InferOutputShape = &InferShapes;
        op->GetStartVersion = &FirstVersion;
        op->GetEndVersion = &LastVersion;
        return op;
    }

    private static OpVariant VariantOf(NativeOp* op) => (OpVariant)GCHandle.FromIntPtr(op->Variant).Target!;

    private static OpPort Port(ImmutableArray<OpPort> ports, nuint index) => ports[(int)index];

    [UnmanagedCallersOnly]
    private static byte* Name(NativeOp* op) => op->Name;

    /// <summary>Null means the CPU provider.</summary>
    [UnmanagedCallersOnly]
    private static byte* Provider(NativeOp* op) => op->Provider;

    [UnmanagedCallersOnly]
    private static nuint InputCount(NativeOp* op) => (nuint)VariantOf(op).Op.Inputs.Length;

    [UnmanagedCallersOnly]
    private static nuint OutputCount(NativeOp* op) => (nuint)VariantOf(op).Op.Outputs.Length;

    [UnmanagedCallersOnly]
    private static int InputType(NativeOp* op, nuint index)
    {
        OpVariant variant = VariantOf(op);
        return (int)variant.TypeOf(Port(variant.Op.Inputs, index));
    }

    [UnmanagedCallersOnly]
    private static int OutputType(NativeOp* op, nuint index)
    {
        OpVariant variant = VariantOf(op);
        return (int)variant.TypeOf(Port(variant.Op.Outputs, index));
    }

    [UnmanagedCallersOnly]
    private static int InputKind(NativeOp* op, nuint index) => (int)Port(VariantOf(op).Op.Inputs, index).Kind;

    [UnmanagedCallersOnly]
    private static int OutputKind(NativeOp* op, nuint index) => (int)Port(VariantOf(op).Op.Outputs, index).Kind;

    [UnmanagedCallersOnly]
    private static int MemoryType(NativeOp* op, nuint index) => Port(VariantOf(op).Op.Inputs, index).OnHost ? HostMemory : DeviceMemory;

    [UnmanagedCallersOnly]
    private static int MinArity(NativeOp* op) => 1;

    /// <summary>A variadic tail may mix element types (weights, scales, zero points).</summary>
    [UnmanagedCallersOnly]
    private static int Homogeneous(NativeOp* op) => 0;

    [UnmanagedCallersOnly]
    private static int FirstVersion(NativeOp* op) => 1;

    [UnmanagedCallersOnly]
    private static int LastVersion(NativeOp* op) => int.MaxValue;

#pragma warning disable CA1031 // Nothing may cross the native boundary: every exception becomes a status.
    [UnmanagedCallersOnly]
    private static nint CreateKernel(NativeOp* op, nint api, nint info, nint* kernel)
    {
        try
        {
            OpVariant variant = VariantOf(op);
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(variant.Op.CreateKernel(new(info, variant))));
            return 0;
        }
        catch (Exception error)
        {
            *kernel = 0;
            return OrtApi.ToStatus(error);
        }
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((OpKernel)GCHandle.FromIntPtr(kernel).Target!).Compute(new(context));
            return 0;
        }
        catch (Exception error)
        {
            return OrtApi.ToStatus(error);
        }
    }

    [UnmanagedCallersOnly]
    private static nint InferShapes(NativeOp* op, nint context)
    {
        try
        {
            VariantOf(op).Op.InferShapes(new(context));
            return 0;
        }
        catch (Exception error)
        {
            return OrtApi.ToStatus(error);
        }
    }
#pragma warning restore CA1031

    [UnmanagedCallersOnly]
    private static void Destroy(nint kernel)
    {
        if (kernel == 0)
            return;
        GCHandle handle = GCHandle.FromIntPtr(kernel);
        ((OpKernel)handle.Target!).Release();
        handle.Free();
    }
}
