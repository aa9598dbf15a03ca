using Tessera.Kernels.Cpu.Experts;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Floats of any width as f64, and back by one rounding.</summary>
internal static unsafe class FloatRows
{
    public static void Load(WeightFormat format, void* data, long index, int count, double* target)
    {
        switch (format)
        {
            case WeightFormat.F64:
                new Span<double>((double*)data + index, count).CopyTo(new(target, count));
                break;
            case WeightFormat.F32:
                for (int i = 0; i < count; i++)
                    target[i] = ((float*)data)[index + i];
                break;
            default:
                for (int i = 0; i < count; i++)
                    target[i] = format.Storage().Read(data, index + i);
                break;
        }
    }

    public static void Save(WeightFormat format, double* source, int count, void* data, long index)
    {
        for (int i = 0; i < count; i++)
            Save(format, source[i], data, index + i);
    }

    public static void Save(WeightFormat format, double value, void* data, long index)
    {
        switch (format)
        {
            case WeightFormat.F64: ((double*)data)[index] = value; break;
            case WeightFormat.F32: ((float*)data)[index] = (float)value; break;
            case WeightFormat.F16: ((Half*)data)[index] = (Half)value; break;
            default:
                float rounded = (float)value;
                Storage.BF16.Save(&rounded, (ushort*)data + index, 1);
                break;
        }
    }
}
