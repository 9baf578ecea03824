@echo off
mkdir "%LIBRARY_BIN%"
if errorlevel 1 exit /b 1
echo @echo hello from %PKG_NAME% in "%PREFIX%"> "%LIBRARY_BIN%\hello.bat"
if errorlevel 1 exit /b 1
