// Qt Pdf 6.4 itself does not free a page without text, nor a file that it could not load. Read by LeakSanitizer in the
// tests that open such PDFs; nothing in other builds.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libQt6Pdf\n";
}
