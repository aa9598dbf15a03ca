using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class DeviceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_session_is_opened_on_the_device_named()
    {
        var path = _folder.Write("model.onnx", Models.SumAndProduct());
        using ModelSession session = new(path, Device.Cpu);
        using var result = session.Run(TensorInput.From("a", (float[])[1, 2, 3, 4], 1, 4), TensorInput.From("b", (float[])[10, 20, 30, 40], 1, 4));

        Assert.Equal([11f, 22, 33, 44], result.Span<float>("sum"));
        Assert.Equal(path, session.Path);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_of_as_by_Open() =>
        Fails.With("TSR0700", () => new ModelSession(System.IO.Path.Combine(_folder.Path, "none.onnx"), Device.Cpu).Dispose(), "none.onnx");

    [SkippableFact]
    public void Cuda_is_refused_by_a_build_without_it()
    {
        Skip.If(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "this build has the CUDA provider");
        var path = _folder.Write("model.onnx", Models.SumAndProduct());
        Fails.With("TSR0704", () => new ModelSession(path, Device.Cuda(0)).Dispose(), "CUDA", "CPUExecutionProvider");
    }

    [Fact]
    public void What_nobody_has_set_is_the_CPU()
    {
        Assert.Equal(Device.Cpu, new ModelSessionOptions().Device);
        Assert.Equal(Device.Cpu, default);
        Assert.False(Device.Cpu.IsCuda);
        Assert.NotEqual(Device.Cpu, Device.Cuda(0));
        Assert.Equal(Device.Cuda(), Device.Cuda(0));
        Assert.Equal((true, 3), (Device.Cuda(3).IsCuda, Device.Cuda(3).Number));
    }

    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "cuda:0")]
    [InlineData("cuda:0", "cuda:0")]
    [InlineData("cuda:12", "cuda:12")]
    [InlineData("cuda:2147483647", "cuda:2147483647")]
    public void Names_are_read_and_written(string text, string name)
    {
        Assert.True(Device.TryParse(text, out var device));
        Assert.Equal(name, device.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CPU")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:+1")]
    [InlineData("cuda: 1")]
    [InlineData("cuda1")]
    [InlineData("cuda:2147483648")]
    public void Other_names_are_not(string? text) => Assert.False(Device.TryParse(text, out _));
}
