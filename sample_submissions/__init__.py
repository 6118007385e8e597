import os

# openpyxl writes other bytes where lxml happens to be installed; read when openpyxl is imported
os.environ["OPENPYXL_LXML"] = "False"
