using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class ModelFileTests
{
    [Fact]
    public void Missing_file_is_named()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "none.onnx");

        Fails.With("TSR0700", () => ModelSession.Open(path), path, "no such file");
    }

    [Fact]
    public void Folder_is_no_model()
    {
        using var folder = new TempFolder();

        Fails.With("TSR0700", () => ModelSession.Open(folder.Path), folder.Path, "is a folder");
    }

    [Fact]
    public void Empty_file_and_empty_bytes_are_told()
    {
        using var folder = new TempFolder();
        var path = folder.Write("empty.onnx", []);

        Fails.With("TSR0703", () => ModelSession.Open(path), path, "0 bytes");
        Fails.With("TSR0703", () => ModelSession.FromBytes([]), "in memory");
    }

    [Fact]
    public void Corrupt_file_is_told_with_what_onnx_runtime_says()
    {
        using var folder = new TempFolder();
        var path = folder.Write("corrupt.onnx", [0xFF, 0x13, 0x37, 0x00, 0xFF, 0xFF]);

        var failure = Fails.With("TSR0702", () => ModelSession.Open(path), path, "ONNX Runtime refuses it");
        Assert.NotNull(failure.InnerException);
    }

    [Fact]
    public void Truncated_model_is_refused()
    {
        var bytes = Models.SumAndProduct();

        Fails.With("TSR0702", () => ModelSession.FromBytes(bytes[..(bytes.Length / 2)]));
    }

    [Fact]
    public void Unknown_operator_is_refused_by_name()
    {
        var model = Onnx.Model(Onnx.Graph(
            [Onnx.Node("NoSuchOperator", ["x"], ["y"])],
            [Onnx.Value("x", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 1)],
            [Onnx.Value("y", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, 1)]));

        Fails.With("TSR0702", () => ModelSession.FromBytes(model), "NoSuchOperator");
    }

    [Fact]
    public void Null_arguments_are_programming_errors()
    {
        Assert.Throws<ArgumentNullException>(() => ModelSession.FromBytes(null!));
        Assert.Throws<ArgumentNullException>(() => ModelSession.Open(null!));
        Assert.Throws<ArgumentException>(() => ModelSession.Open(""));
    }
}
