using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>What the host asks of the driver, in which order, and what is left where a call fails.</summary>
public class CudaHostTests
{
    private static readonly string[] s_preparing =
    [
        "cuCtxPushCurrent()", "cuLibraryLoadData(.version)", "cuCtxPopCurrent()",
        "cuCtxPushCurrent()", "cuLibraryGetKernel(segment_reduce_sum_f32)", "cuKernelSetAttribute(8, 4096, 0)", "cuKernelGetFunction()", "cuCtxPopCurrent()",
    ];

    [SkippableFact]
    public void Kernels_are_prepared_with_their_session_and_launched_without_waiting()
    {
        CudaStub stub = CudaStub.Create();
        CudaDevice device = CudaDevice.Open(stub.Library, 0);
        Assert.Equal(
            ["cuInit(0)", "cuDriverGetVersion()", "cuDeviceGetCount()", "cuDeviceGet(0)", "cuDeviceGetAttribute(75, 0)", "cuDeviceGetAttribute(76, 0)", "cuDeviceGetAttribute(16, 0)", "cuDevicePrimaryCtxRetain(0)"],
            stub.Calls());
        using InferenceSession session = Open(device);
        Assert.Equal(s_preparing, stub.Calls());
        Assert.Equal([6f, 15f], Run(session));
        Assert.Equal(["cuCtxPushCurrent()", "cuLaunchKernel(segment_reduce_sum_f32, 2x1x1, 256x1x1, 4096, (nil))", "cuCtxPopCurrent()"], stub.Calls());
        Assert.Equal(0, stub.Depth);

        // The library is loaded already.
        using InferenceSession second = Open(device);
        Assert.Equal(s_preparing[3..], stub.Calls());
    }

    [SkippableTheory]
    [InlineData("cuInit")]
    [InlineData("cuDriverGetVersion")]
    [InlineData("cuDeviceGetCount")]
    [InlineData("cuDeviceGet")]
    [InlineData("cuDeviceGetAttribute")]
    [InlineData("cuDeviceGetAttribute", 2)]
    [InlineData("cuDeviceGetAttribute", 3)]
    [InlineData("cuDevicePrimaryCtxRetain")]
    public void A_device_that_does_not_open_is_tried_again(string function, int call = 1)
    {
        CudaStub stub = CudaStub.Create();
        CudaPlatform platform = new(stub.Library);
        stub.Fail(function, call);
        TesseraKernelException error = Assert.Throws<TesseraKernelException>(() => platform.Device(0));
        Assert.Equal("TSR1401 Opening CUDA device 0: the CUDA driver says CUDA_ERROR_UNKNOWN (999): told to fail.", error.Message);
        Assert.Same(platform.Device(0), platform.Device(0));
        int retained = stub.Calls().Count(static c => c.StartsWith("cuDevicePrimaryCtxRetain", StringComparison.Ordinal));
        Assert.Equal(function == "cuDevicePrimaryCtxRetain" ? 2 : 1, retained);
    }

    [SkippableTheory]
    [InlineData("cuCtxPushCurrent", 1, "entering the device's context")]
    [InlineData("cuLibraryLoadData", 1, "CUDA_ERROR_INVALID_IMAGE (200): refused. ptxas says no")]
    [InlineData("cuCtxPushCurrent", 2, "'the_node': preparing the kernel segment_reduce_sum_f32 of segment_reduce.ptx")]
    [InlineData("cuLibraryGetKernel", 1, "preparing the kernel")]
    [InlineData("cuKernelSetAttribute", 1, "told to fail. ptxas says no, late")]
    [InlineData("cuKernelGetFunction", 1, "told to fail. ptxas says no, late")]
    public void A_kernel_that_is_not_prepared_refuses_the_session_and_leaves_nothing(string function, int call, string said)
    {
        CudaStub stub = CudaStub.Create();
        CudaDevice device = CudaDevice.Open(stub.Library, 0);
        stub.Fail(function, call);
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => Open(device));
        Assert.Contains("TSR1401", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, stub.Depth);

        // It is the call that failed, not the device.
        using InferenceSession session = Open(device);
        Assert.Equal([6f, 15f], Run(session));
    }

    [Fact]
    public unsafe void A_log_that_is_full_ends_where_its_buffer_does()
    {
        CompilerLog* log = CompilerLog.Create();
        Span<byte> text = new((void*)log->Values[0], (int)log->Values[1]);
        text.Fill((byte)'x');
        Assert.True(log->Values[0] + log->Values[1] < (ulong)(log + 1), "there is no place for an end");
        Assert.Equal(new string('x', text.Length), log->Take());
        Assert.Equal("", log->Take());
        NativeMemory.Free(log);
    }

    [SkippableTheory]
    [InlineData("cuCtxPushCurrent", "SegmentReduce 'the_node': entering the device's context")]
    [InlineData("cuLaunchKernel", "SegmentReduce 'the_node' of Float [5, 1]: launching segment_reduce_sum_f32 with 2 blocks of 256 threads: the CUDA driver says CUDA_ERROR_UNKNOWN (999): told to fail.")]
    public void A_launch_that_fails_tells_kernel_and_shapes(string function, string said)
    {
        CudaStub stub = CudaStub.Create();
        using InferenceSession session = Open(CudaDevice.Open(stub.Library, 0));
        stub.Fail(function);
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => Run(session));
        Assert.Contains("TSR1401 " + said, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, stub.Depth);
        Assert.Equal([6f, 15f], Run(session));
    }

    [SkippableTheory]
    [InlineData(0, 9, 0, 12080, 0, "TSR1403 There is no CUDA device 0: the driver knows 0")]
    [InlineData(2, 9, 0, 12080, 2, "TSR1403 There is no CUDA device 2: the driver knows 2")]
    [InlineData(2, 9, 0, 12080, -1, "TSR1403")]
    [InlineData(1, 7, 5, 12080, 0, "TSR1404 CUDA device 0 is of compute capability 7.5")]
    [InlineData(1, 9, 0, 11080, 0, "TSR1402 The CUDA driver is of CUDA 11.8")]
    public void Devices_that_cannot_run_the_kernels_are_refused(int count, int major, int minor, int driver, int ordinal, string said)
    {
        CudaStub stub = CudaStub.Create();
        stub.Device(count, major, minor, driver);
        TesseraKernelException error = Assert.Throws<TesseraKernelException>(() => CudaDevice.Open(stub.Library, ordinal));
        Assert.StartsWith(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(stub.Calls(), static c => c.StartsWith("cuDevicePrimaryCtxRetain", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Many_threads_share_a_session_and_load_once()
    {
        CudaStub stub = CudaStub.Create();
        CudaDevice device = CudaDevice.Open(stub.Library, 0);
        using InferenceSession shared = Open(device);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using InferenceSession own = Open(device);
            for (int i = 0; i < 50; i++)
            {
                Assert.Equal([6f, 15f], Run(shared));
                Assert.Equal([6f, 15f], Run(own));
            }

            Assert.Equal(0, stub.Depth);
        })));
        string[] calls = stub.Calls();
        Assert.Single(calls, static c => c.StartsWith("cuLibraryLoadData", StringComparison.Ordinal));
        Assert.Equal(800, calls.Count(static c => c.StartsWith("cuLaunchKernel", StringComparison.Ordinal)));
        Assert.Equal(calls.Count(static c => c == "cuCtxPushCurrent()"), calls.Count(static c => c == "cuCtxPopCurrent()"));
    }

    [SkippableFact]
    public void Ops_of_both_providers_are_one_schema_and_the_CPU_keeps_its_own()
    {
        CudaStub stub = CudaStub.Create();
        CudaDevice device = CudaDevice.Open(stub.Library, 0);
        stub.Calls();
        using InferenceSession session = OrtRunner.Open(Model(), 1, TesseraOps.DomainOn(device).AddTo);
        Assert.Equal([6f, 15f], Run(session));
        Assert.Empty(stub.Calls());
        Assert.Same(TesseraOps.DomainOn(device), TesseraOps.DomainOn(device));
    }

    [SkippableFact]
    public void Without_the_provider_a_device_is_refused_and_the_options_stay_as_they_were()
    {
        Skip.If(OrtEnv.Instance().GetAvailableProviders().Contains(CudaOps.Provider), "this ONNX Runtime has CUDA");
        using SessionOptions options = new();
        TesseraKernelException error = Assert.Throws<TesseraKernelException>(() => TesseraOps.Register(options, 0));
        Assert.StartsWith("TSR1406", error.Message, StringComparison.Ordinal);
        TesseraOps.Register(options);
        using InferenceSession session = new(Model(), options);
        Assert.Equal([6f, 15f], Run(session));
    }

    [Fact]
    public void A_machine_without_the_driver_has_no_CUDA() => Assert.Null(CudaLibrary.TryLoad("libcuda-that-is-not-there.so.1"));

    [Fact]
    public void A_library_that_is_no_driver_is_told_of()
    {
        string any = OperatingSystem.IsWindows() ? "kernel32.dll" : "libc.so.6";
        Assert.StartsWith("TSR1402", Assert.Throws<TesseraKernelException>(() => CudaLibrary.TryLoad(any)).Message, StringComparison.Ordinal);
    }

    private static InferenceSession Open(CudaDevice device) => OrtRunner.Open(Model(), 1, new OpDomain(TesseraOps.Domain, CudaOps.On(device, null)).AddTo);

    private static byte[] Model() => OneNodeModel.Create(
        "SegmentReduce",
        [new("x", TensorElementType.Float, "t", 1), new("cu", TensorElementType.Int32, "b")],
        new("out", TensorElementType.Float, "o", 1),
        ("kind", "sum"));

    private static float[] Run(InferenceSession session) => AttentionRunner.Decode(
        OrtRunner.Run(session, RawTensor.Of("x", TensorElementType.Float, [5, 1], (float[])[1, 2, 3, 7, 8]), RawTensor.Of("cu", TensorElementType.Int32, [3], (int[])[0, 3, 5])).Bytes,
        Cpu.Storage.F32);
}
